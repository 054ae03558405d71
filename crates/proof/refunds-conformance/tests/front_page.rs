//! The campaign that the front page shows is the one that runs as a test.

/// Its lines without what each of the two has of its own: imports, the document, how many refunds; and without what a
/// formatter decides.
fn campaign(lines: impl Iterator<Item = &'static str>) -> String {
    let own = |line: &str| {
        let own = ["use ", "//", "const DOCUMENT", "/*", "*/"];
        own.iter().any(|start| line.trim_start().starts_with(start))
    };
    let lines = lines.filter(|line| !own(line));
    let text: String = lines.flat_map(str::chars).collect();
    let text = text.replace(".with_refunds(300)", ".with_refunds(120)");
    text.split([' ', ',']).collect()
}

#[test]
fn the_campaign_of_the_front_page_is_the_one_that_is_run() {
    let page = include_str!("../CAMPAIGN.md");
    let (_, example) = page.split_once("```rust,no_run\n").unwrap();
    let (example, _) = example.split_once("\n```").unwrap();
    let shown = campaign(
        example
            .lines()
            .map(|line| line.strip_prefix("# ").unwrap_or(line)),
    );
    let test = include_str!("campaign.rs");
    let (_, test) = test.split_once(")]\n").unwrap();
    let run = campaign(test.lines());
    assert!(shown.contains("fnmain()") && shown.contains("Model::new("));
    assert_eq!(shown, run);
}

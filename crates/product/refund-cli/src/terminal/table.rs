//! Tables that break between words, and blocks of lines where no table fits.

use std::fmt::Write as _;

use comfy_table::{
    ColumnConstraint, ContentArrangement, Table, Width,
    presets::{ASCII_FULL_CONDENSED, UTF8_FULL_CONDENSED},
};
use unicode_width::UnicodeWidthStr as _;

use super::{
    look::{Look, look, printable},
    wrapped,
};

/// As wide a table is, where nobody knows how wide it can be.
const WIDTH: usize = 100;
/// What stands beside each cell: a blank on both sides and a line.
const BESIDE: usize = 3;

/// Holds two words together.
pub(crate) const TIE: &str = "\u{a0}";

/// A table, or a block of lines for each row where a table would cut words.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    laid_out(look(), heading, rows)
}

/// The line between two columns.
pub(crate) fn separator() -> char {
    if look().is_plain { '|' } else { '┆' }
}

fn laid_out(look: Look, heading: &[&str], rows: &[Vec<String>]) -> String {
    // What a no-break space holds together stays together.
    let safe = |cell: &String| {
        let parts = cell
            .split(TIE)
            .map(|part| look.shown(&printable(part)).into_owned());
        parts.collect::<Vec<_>>().join(TIE)
    };
    let rows: Vec<Vec<_>> = rows
        .iter()
        .map(|row| row.iter().map(safe).collect())
        .collect();
    let longest: Vec<_> = heading
        .iter()
        .enumerate()
        .map(|(column, title)| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            let words = cells
                .flat_map(|cell| cell.split(' '))
                .chain(title.split(' '));
            words.map(|word| word.width()).max().unwrap_or_default()
        })
        .collect();
    let least = longest.iter().map(|word| word + BESIDE).sum::<usize>() + 1;
    match look.width {
        Some(width) if width < least => blocks(width, heading, &rows),
        width => {
            let mut table = Table::new();
            table
                .load_style(if look.is_plain {
                    ASCII_FULL_CONDENSED
                } else {
                    UTF8_FULL_CONDENSED
                })
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(u16::try_from(width.unwrap_or(WIDTH.max(least))).unwrap_or(u16::MAX))
                .set_header(heading.to_vec());
            for row in rows {
                table.add_row(row);
            }
            for (column, word) in table.column_iter_mut().zip(longest) {
                let word = u16::try_from(word + BESIDE - 1).unwrap_or(u16::MAX);
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(word)));
            }
            format!("{table}\n").replace(TIE, " ")
        }
    }
}

fn blocks(width: usize, heading: &[&str], rows: &[Vec<String>]) -> String {
    let name = heading
        .iter()
        .map(|title| title.width())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        for (title, cell) in heading.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
            let cell = wrapped(cell, Some(width), name + 2);
            let _ = writeln!(text, "{title:<name$}  {}", cell.replace(TIE, " "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: [&str; 2] = ["id", "why"];

    fn rows() -> Vec<Vec<String>> {
        let id = "00004f50-0000-4000-8000-000000000001";
        vec![vec![
            id.to_owned(),
            "it was accepted before and nothing was sent".to_owned(),
        ]]
    }

    #[test]
    fn a_table_breaks_between_words_only() {
        let look = Look {
            width: Some(60),
            is_plain: true,
        };
        assert_eq!(
            laid_out(look, &HEADING, &rows()),
            "+--------------------------------------+-------------------+\n\
             | id                                   | why               |\n\
             +==========================================================+\n\
             | 00004f50-0000-4000-8000-000000000001 | it was accepted   |\n\
             |                                      | before and        |\n\
             |                                      | nothing was sent  |\n\
             +--------------------------------------+-------------------+\n"
        );
    }

    #[test]
    fn where_no_table_fits_each_row_is_a_block() {
        let look = Look {
            width: Some(44),
            is_plain: false,
        };
        assert_eq!(
            laid_out(look, &HEADING, &rows()),
            "id   00004f50-0000-4000-8000-000000000001\n\
             why  it was accepted before and nothing was\n     sent\n"
        );
    }
}

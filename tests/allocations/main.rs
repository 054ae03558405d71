//! What a call through a provider crate costs beside the same call by hand.
//!
//! Allocations are exact, so that this is a test and not a benchmark. The calls
//! of both ways are in [`workspace_tests::calls`], which the benchmarks share.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a failure here is a failure of the test, and the figures are for people"
)]

use tokio::runtime::Runtime;
use workspace_tests::allocations::{CountingAllocator, Counts, measure};
use workspace_tests::calls::{ByCrate, ByHand, Call};
use workspace_tests::workspace_root;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// The most that a crate may add to a call by hand.
const MOST: Counts = Counts {
    allocations: 20,
    bytes: 4096,
};

/// The most bytes of a future of a call, which callers move and keep within their own.
const MOST_OF_A_FUTURE: usize = 4096;

/// Calls before the first one that counts: connections, buffers and tokens are made by then.
const WARM_UP: usize = 5;

/// Of so many calls, the one in the middle counts; now and then a buffer grows.
const MEASURED: usize = 21;

/// What one call allocates on this thread, where the runtime runs all of it but the server.
fn cost(runtime: &Runtime, mut call: impl AsyncFnMut()) -> Counts {
    for _ in 0..WARM_UP {
        runtime.block_on(call());
    }
    let mut counts: Vec<Counts> = (0..MEASURED)
        .map(|_| {
            // The runtime boxes a large future; in a program it is part of the caller's.
            let future = Box::pin(call());
            measure(|| runtime.block_on(future))
        })
        .collect();
    counts.sort_by_key(|counts| (counts.allocations, counts.bytes));
    counts[MEASURED / 2]
}

/// What the table in README.md says of a call, in its column of this number: allocations and bytes.
fn figures(call: &str, column: usize) -> Counts {
    let readme = std::fs::read_to_string(workspace_root().join("README.md")).unwrap();
    let plain = |cell: &str| cell.replace('`', "").trim().to_owned();
    let rows = readme.lines().map(|line| line.trim_matches('|').split('|'));
    let row = rows
        .map(|cells| cells.map(plain).collect::<Vec<_>>())
        .find(|cells| {
            cells.len() == 3
                && call
                    .split([' ', ':', ','])
                    .all(|word| cells[0].contains(word))
        });
    let row = row.unwrap_or_else(|| panic!("README.md has no figures of {call}"));
    let (allocations, bytes) = row[1 + column].split_once(", ").unwrap();
    Counts {
        allocations: allocations.parse().unwrap(),
        bytes: bytes.replace(',', "").parse().unwrap(),
    }
}

/// Whether a figure that was written down still tells the truth; a buffer of the system's libraries may grow.
fn is_near(told: Counts, counted: Counts) -> bool {
    told.allocations.abs_diff(counted.allocations) <= 4
        && told.bytes.abs_diff(counted.bytes) <= told.bytes / 10
}

#[test]
fn a_call_through_a_crate_allocates_little_more_than_the_same_by_hand() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut problems = Vec::new();
    for call in Call::ALL {
        let server = call.server().unwrap();
        let by_crate = ByCrate::new(call, &server).unwrap();
        let by_hand = ByHand::new(call, &server).unwrap();
        let through = cost(&runtime, async || by_crate.call().await.unwrap());
        let direct = cost(&runtime, async || by_hand.call().await.unwrap());
        let more = through - direct;
        let sizes = (size_of_val(&by_crate.call()), size_of_val(&by_hand.call()));
        println!(
            "{}: {} allocations, {} bytes; by hand {}, {}; {} and {} more; \
             futures of {} and {} bytes",
            call.name(),
            through.allocations,
            through.bytes,
            direct.allocations,
            direct.bytes,
            more.allocations,
            more.bytes,
            sizes.0,
            sizes.1
        );
        for (what, told, counted) in [
            ("a call", figures(call.name(), 0), through),
            ("by hand", figures(call.name(), 1), direct),
        ] {
            if !is_near(told, counted) {
                problems.push(format!(
                    "{}: README.md says {told:?} of {what}, and it is {counted:?}",
                    call.name()
                ));
            }
        }
        if sizes.0 > MOST_OF_A_FUTURE {
            problems.push(format!("{}: a future of {} bytes", call.name(), sizes.0));
        }
        if more.allocations > MOST.allocations || more.bytes > MOST.bytes {
            problems.push(format!("{}: {more:?} more than by hand", call.name()));
        }
    }
    assert_eq!(problems, [""; 0], "at most {MOST:?} is allowed");
}

/// The comparison is of the same bytes: both ways send one request and read one answer.
#[test]
fn both_ways_send_the_same_request() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for call in Call::ALL {
        let server = call.server().unwrap();
        runtime.block_on(async {
            ByCrate::new(call, &server).unwrap().call().await.unwrap();
            ByHand::new(call, &server).unwrap().call().await.unwrap();
        });
        let requests = server.requests();
        let requests: Vec<_> = requests
            .iter()
            .filter(|request| request.target != "/token")
            .collect();
        assert_eq!(requests.len(), 2, "{}", call.name());
        let sorted = |index: usize| {
            let request = requests[index];
            let mut headers = request.headers.clone();
            headers.sort();
            (&request.method, &request.target, headers, &request.body)
        };
        assert_eq!(sorted(0), sorted(1), "{}", call.name());
    }
}

//! Counts what a piece of code allocates.
//!
//! Allocations are exact where times are not: a test can hold a call to a
//! number. A test binary that measures installs the allocator once:
//!
//! ```
//! use workspace_tests::allocations::{CountingAllocator, measure};
//!
//! #[global_allocator]
//! static ALLOCATOR: CountingAllocator = CountingAllocator;
//!
//! let counts = measure(|| vec![0_u8; 100]);
//! assert_eq!((counts.allocations, counts.bytes), (1, 100));
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::ops::Sub;

/// What was asked of the allocator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// How often memory was asked for, growing what there was included.
    pub allocations: u64,
    /// Bytes asked for; of a growth, the bytes added.
    pub bytes: u64,
}

impl Sub for Counts {
    type Output = Self;

    /// The difference, at least zero.
    fn sub(self, other: Self) -> Self {
        Self {
            allocations: self.allocations.saturating_sub(other.allocations),
            bytes: self.bytes.saturating_sub(other.bytes),
        }
    }
}

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { allocations: 0, bytes: 0 }) };
}

/// The allocator of the system, counting for each thread.
#[derive(Debug, Default)]
pub struct CountingAllocator;

fn count(bytes: usize) {
    // Not at the end of a thread, when its counts are gone.
    let _ = COUNTS.try_with(|counts| {
        let Counts {
            allocations,
            bytes: before,
        } = counts.get();
        let bytes = before + bytes as u64;
        counts.set(Counts {
            allocations: allocations + 1,
            bytes,
        });
    });
}

// An allocator can be written only with `unsafe`; all is passed on unchanged.
#[allow(unsafe_code)]
// SAFETY: every method calls the same method of `System` with the same arguments.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.saturating_sub(layout.size()));
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// What `work` allocates on this thread, without what it frees. Code that is
/// async must be driven on this thread, such as by a runtime of one thread.
///
/// # Panics
/// When [`CountingAllocator`] is not the global allocator: all counts would be
/// zero, and a test on them would hold whatever the code does.
pub fn measure<R>(work: impl FnOnce() -> R) -> Counts {
    let before = COUNTS.get();
    drop(black_box(Box::new(0_u8)));
    let start = COUNTS.get();
    assert!(
        start.allocations > before.allocations,
        "nothing is counted; add `#[global_allocator] static ALLOCATOR: CountingAllocator = \
         CountingAllocator;` to the test"
    );
    let result = work();
    let counts = COUNTS.get() - start;
    drop(black_box(result));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static ALLOCATOR: CountingAllocator = CountingAllocator;

    #[test]
    fn work_without_allocation_counts_nothing() {
        assert_eq!(measure(|| black_box(1_u64) + 1), Counts::default());
    }

    #[test]
    fn each_allocation_counts_with_its_bytes() {
        let counts = measure(|| (Box::new([0_u8; 30]), vec![1_u32; 5]));
        assert_eq!(
            counts,
            Counts {
                allocations: 2,
                bytes: 50
            }
        );
    }

    #[test]
    fn growth_counts_the_bytes_that_are_added() {
        let counts = measure(|| {
            let mut bytes: Vec<u8> = Vec::with_capacity(10);
            bytes.reserve_exact(25);
            bytes
        });
        assert_eq!(
            counts,
            Counts {
                allocations: 2,
                bytes: 25
            }
        );
    }

    #[test]
    fn other_threads_do_not_count() {
        let (send, receive) = std::sync::mpsc::channel::<()>();
        let (done, finished) = std::sync::mpsc::channel::<()>();
        let other = std::thread::spawn(move || {
            let _ = receive.recv();
            drop(black_box(vec![0_u8; 1_000_000]));
            drop(done);
        });
        let counts = measure(|| {
            drop(send);
            let _ = finished.recv();
        });
        other.join().unwrap();
        assert!(counts.bytes < 1_000_000, "{counts:?}");
    }
}

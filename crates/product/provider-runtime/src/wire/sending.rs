//! What is different while something is written to be sent, and not only encoded again.

use std::cell::Cell;

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
    /// Whether members were written that no schema names.
    static OTHERS: Cell<bool> = const { Cell::new(false) };
}

/// Whether what is written is sent: an amount that a double would change is refused then.
pub(crate) fn is_on() -> bool {
    SENDING.get()
}

/// Members were written that no schema names, so that one may stand beside the member that a schema names so.
pub(crate) fn note_others() {
    OTHERS.set(true);
}

/// Does `work`, which writes what is sent.
#[cfg(feature = "client")]
pub(crate) fn during<T>(work: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            SENDING.set(self.0);
        }
    }
    let _before = Before(SENDING.replace(true));
    work()
}

/// The same; says as well whether members were written that no schema names.
#[cfg(feature = "client")]
pub(crate) fn with_others<T>(work: impl FnOnce() -> T) -> (T, bool) {
    OTHERS.set(false);
    (during(work), OTHERS.get())
}

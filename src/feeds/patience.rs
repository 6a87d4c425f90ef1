//! How long a source waits for what.

use std::time::Duration;

/// Times that the machine keeps to.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Without a byte for so long, a list is given up.
    pub list: Duration,
    /// Without a byte for so long, a watch is given up; servers send a bookmark about once a minute.
    pub watch: Duration,
    /// How often the server is asked for a sign of life.
    pub pulse: Duration,
    /// How long a sign of life may take.
    pub answer: Duration,
    /// The first pause after a failure; it doubles.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Patience {
    /// The pause before the server is asked again for what is not there for this user.
    pub(super) fn off(&self) -> Duration {
        self.longest_pause * 10
    }
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            list: Duration::from_secs(30),
            watch: Duration::from_secs(90),
            pulse: Duration::from_secs(10),
            answer: Duration::from_secs(5),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
        }
    }
}

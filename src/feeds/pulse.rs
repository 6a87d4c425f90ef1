//! Whether the server is still there while nothing happens.
//!
//! A quiet watch looks like a dead one: servers send a bookmark about once a minute. So the server is asked for a sign
//! of life meanwhile, and when it gives none, every source that has not heard from it either is in doubt.

use tokio::sync::watch;

use super::patience::Patience;
use crate::clients::kubernetes::{ApiError, Reader};

/// Answers that are missed before the server counts as silent.
const MISSES: u32 = 2;

/// Asks until the console goes; counts `lost` up each time that the server falls silent.
pub(super) async fn take(reader: Reader, patience: Patience, lost: watch::Sender<u64>) {
    let mut misses = 0;
    loop {
        // After the first miss, it is asked again at once.
        if misses != 1 {
            tokio::time::sleep(patience.pulse).await;
        }
        let answer = tokio::time::timeout(patience.answer, reader.bytes("/livez", "*/*")).await;
        let alive = match answer {
            Ok(Ok(_)) => true,
            // Whatever it says, it speaks.
            Ok(Err(error)) => error.code().is_some() || matches!(error, ApiError::Credential { .. }),
            Err(_) => false,
        };
        misses = if alive { 0 } else { misses + 1 };
        if misses == MISSES {
            lost.send_modify(|times| *times += 1);
        }
        if lost.is_closed() {
            return;
        }
    }
}

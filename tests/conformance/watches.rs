//! Open watches, in JSON.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

/// A watch whose events are read when they are asked for.
pub struct Watch {
    response: Response,
    buffer: Vec<u8>,
}

impl Watch {
    pub fn new(response: Response) -> Watch {
        Watch { response, buffer: Vec::new() }
    }

    /// So many events, or all up to the end; fewer where no more come, and then one that says so.
    pub async fn events(&mut self, count: Option<usize>, patience: Duration) -> Vec<Value> {
        let mut events = Vec::new();
        while count.is_none_or(|count| events.len() < count) {
            match tokio::time::timeout(patience, self.next()).await {
                Ok(Some(event)) => events.push(event),
                Ok(None) if count.is_none() => break,
                Ok(None) => {
                    events.push(json!({ "type": "(it ended)" }));
                    break;
                }
                Err(_) => {
                    events.push(json!({ "type": "(nothing more came)" }));
                    break;
                }
            }
        }
        events
    }

    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return serde_json::from_slice(&line).ok();
            }
            self.buffer.extend(self.response.chunk().await.ok()??);
        }
    }
}

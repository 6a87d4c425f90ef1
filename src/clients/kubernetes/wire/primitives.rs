//! Values whose protobuf and JSON forms differ.

use serde::{Deserialize, Deserializer};

use crate::platform::time::Instant;

/// `metav1.Time`, and `metav1.MicroTime`, which has the same fields.
#[derive(Clone, Copy, PartialEq, prost::Message)]
pub struct Time {
    /// Seconds since the epoch.
    #[prost(int64, optional, tag = "1")]
    pub seconds: Option<i64>,
    /// Nanoseconds of the second.
    #[prost(int32, optional, tag = "2")]
    pub nanos: Option<i32>,
}

impl Time {
    /// The instant; none for Go's zero time.
    pub fn instant(&self) -> Option<Instant> {
        let seconds = self.seconds?;
        let millis = i64::from(self.nanos.unwrap_or(0)) / 1_000_000;
        (seconds > 0).then(|| Instant::from_seconds(seconds).plus_millis(millis))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let instant =
            Instant::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))?;
        let nanos = instant.0.rem_euclid(1000) as i32 * 1_000_000;
        Ok(Time { seconds: Some(instant.seconds()), nanos: Some(nanos) })
    }
}

/// `resource.Quantity`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Quantity {
    /// As the server writes it.
    #[prost(string, optional, tag = "1")]
    pub text: Option<String>,
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Number(serde_json::Number),
        }
        let text = match Form::deserialize(deserializer)? {
            Form::Text(text) => text,
            Form::Number(number) => number.to_string(),
        };
        Ok(Quantity { text: Some(text) })
    }
}

/// Reads `null` as the default, as Go does.
pub(super) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

//! Counts that a specification gives as a number or as a share.

use k8s_pb::apimachinery::pkg::util::intstr::IntOrString;

/// The count: the number itself, or the share of `total`, rounded up or down; `None` where it is neither.
pub fn scaled(value: &IntOrString, total: i32, round_up: bool) -> Option<i32> {
    if value.r#type.unwrap_or(0) == 0 {
        return Some(value.int_val.unwrap_or(0));
    }
    let percent: i64 = value.str_val.as_deref()?.strip_suffix('%')?.parse().ok()?;
    let hundredths = percent.saturating_mul(i64::from(total));
    let count =
        if round_up { hundredths.saturating_add(99).div_euclid(100) } else { hundredths.div_euclid(100) };
    i32::try_from(count).ok()
}

/// The count of an optional value; 0 where there is none.
pub fn scaled_or_zero(value: Option<&IntOrString>, total: i32, round_up: bool) -> i32 {
    value.and_then(|value| scaled(value, total, round_up)).unwrap_or(0)
}

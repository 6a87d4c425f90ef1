//! How long requests wait, and how many aren't served in time.

/// The mean time in the queue of a system with several servers, in units of the service time.
///
/// Sakasegawa's approximation for M/M/c: `ρ^(√(2(c+1)) − 1) / (c (1 − ρ))` (H. Sakasegawa, "An approximation formula
/// Lq ≃ α·ρ^β/(1−ρ)", Annals of the Institute of Statistical Mathematics 29, 1977). A utilization above 0.99 counts as that.
pub fn waiting(utilization: f64, servers: f64) -> f64 {
    let utilization = utilization.clamp(0.0, 0.99);
    let servers = servers.max(1.0);
    utilization.powf((2.0 * (servers + 1.0)).sqrt() - 1.0) / (servers * (1.0 - utilization))
}

/// The share of what is asked for that can't be served at all.
pub fn overflow(utilization: f64) -> f64 {
    if utilization > 1.0 { 1.0 - 1.0 / utilization } else { 0.0 }
}

/// The share of requests that take longer than they may, where times are spread exponentially around their mean.
pub fn too_late(mean: f64, timeout: f64) -> f64 {
    if mean <= 0.0 { 0.0 } else { (-timeout / mean).exp() }
}

/// The median and the 99th percentile of service time and waiting together.
///
/// Service times vary little (1.9 times the mean at the 99th percentile), waiting times exponentially (4.6 times).
pub fn quantiles(service: f64, waiting: f64) -> (f64, f64) {
    (0.9 * service + 0.69 * waiting, 1.9 * service + 4.6 * waiting)
}

/// The share of requests that take at most this long, by a log-normal spread through the median and the 99th percentile.
pub fn at_most(seconds: f64, p50: f64, p99: f64) -> f64 {
    if seconds <= 0.0 || p50 <= 0.0 {
        return if p50 <= 0.0 { 1.0 } else { 0.0 };
    }
    let sigma = ((p99 / p50).ln() / 2.326).max(0.05);
    // The logistic approximation of the normal distribution, within 0.01.
    1.0 / (1.0 + (-1.702 * (seconds / p50).ln() / sigma).exp())
}

/// How often something is asked when each try fails with this chance and is made again so many times; and how often all tries fail.
pub fn retried(failure: f64, retries: i32) -> (f64, f64) {
    let failure = failure.clamp(0.0, 1.0);
    let all = failure.powi(retries + 1);
    let tries = if failure < 1.0 { (1.0 - all) / (1.0 - failure) } else { f64::from(retries + 1) };
    (tries, all)
}

/// How a node's processor is shared: what each gets of what it wants, in proportion to its weight where it is too little.
///
/// This is what the kernel's fair scheduler converges to: nobody gets more than it wants, and what that leaves goes to the others.
pub fn fair_shares(wants: &[(f64, f64)], capacity: f64) -> Vec<f64> {
    let mut given = vec![0.0; wants.len()];
    let mut open: Vec<usize> = (0..wants.len()).collect();
    let mut left = capacity.max(0.0);
    while !open.is_empty() {
        let weights: f64 = open.iter().map(|index| wants[*index].1.max(1e-6)).sum();
        let unit = left / weights;
        let (sated, hungry): (Vec<usize>, Vec<usize>) =
            open.iter().partition(|index| wants[**index].0 <= wants[**index].1.max(1e-6) * unit);
        if sated.is_empty() {
            for index in hungry {
                given[index] = wants[index].1.max(1e-6) * unit;
            }
            break;
        }
        for index in sated {
            given[index] = wants[index].0;
            left -= wants[index].0;
        }
        left = left.max(0.0);
        open = hungry;
    }
    given
}

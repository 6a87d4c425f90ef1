//! Whether the nodes have room for more pods.

use crate::operations::{Finding, NodeRoom, Topic, Weight};

use super::needs::PodNeeds;
use super::quantity::in_words;

/// The room on the nodes that take new pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    /// The nodes.
    pub nodes: Vec<NodeRoom>,
    /// Whether that is the present state.
    pub live: bool,
}

/// Whether so many additional pods fit on the nodes, one node at a time.
pub(crate) fn judge(room: &Result<Room, String>, needs: &PodNeeds, additional: u32) -> Finding {
    if additional == 0 {
        return Finding::new(Topic::Capacity, Weight::Fine, "no additional pods");
    }
    let room = match room {
        Ok(room) => room,
        Err(why) => return Finding::unknown(Topic::Capacity, why),
    };
    let (cpu, memory) = (needs.get("requests.cpu").thousandths, needs.get("requests.memory").thousandths);
    let fits: u64 = room.nodes.iter().map(|node| fitting(node, cpu, memory)).fold(0, u64::saturating_add);
    let each = format!("{} CPU and {} of memory", in_words("cpu", cpu), in_words("memory", memory));
    let doubt = if room.live { "" } else { ", by a picture that is not live" };
    let caveat = format!("taints, selectors and affinity aside{doubt}");
    if cpu == 0 && memory == 0 {
        let text = "the pods request no CPU and no memory: the nodes take them, and may run short";
        return Finding::new(Topic::Capacity, Weight::Note, text);
    }
    if fits >= u64::from(additional) {
        let text = format!("the nodes have room for {fits} more such pods ({each} each; {caveat})");
        return Finding::new(Topic::Capacity, Weight::Fine, text);
    }
    let text =
        format!("the nodes have room for {fits} of {additional} additional pods ({each} each; {caveat})");
    Finding::new(Topic::Capacity, Weight::Warning, text)
        .advising("the others stay Pending until a node is added or something else goes")
}

fn fitting(node: &NodeRoom, cpu: i128, memory: i128) -> u64 {
    let by = |free: u64, each: i128, unit: i128| {
        if each > 0 { u64::try_from(i128::from(free) * unit / each).unwrap_or(u64::MAX) } else { u64::MAX }
    };
    by(node.free_cpu_millis, cpu, 1).min(by(node.free_memory_bytes, memory, 1000)).min(node.free_pods)
}

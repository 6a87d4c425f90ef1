//! Which of the nodes that a pod can go to is the best.

use super::filter::Placement;
use super::node::NodeInfo;
use crate::demo::store::Resources;

/// What a container that asks for nothing is taken to need, in thousandths of a core and in bytes.
const UNSAID: Resources = Resources { cpu: 100, memory: 200 << 20, ephemeral_storage: 0 };

/// The scores of one node, each from 0 to 100 but the raw ones.
struct Scores {
    room: i64,
    balance: i64,
    evenness: i64,
    likes: i64,
    liking: i64,
    discouraged: i64,
}

/// The best of the nodes: the sum of the default plugins' scores with their default weights; the first of equals.
pub fn best<'n>(placement: &Placement<'_>, nodes: &[&'n NodeInfo]) -> Option<&'n NodeInfo> {
    let scores: Vec<Scores> = nodes.iter().map(|node| scores(placement, node)).collect();
    let most = |of: fn(&Scores) -> i64| scores.iter().map(of).max().unwrap_or(0);
    let least = |of: fn(&Scores) -> i64| scores.iter().map(of).min().unwrap_or(0);
    let (likes, discouraged) = (most(|it| it.likes), most(|it| it.discouraged));
    let (dearest, dreariest) = (most(|it| it.liking), least(|it| it.liking));
    let total = |score: &Scores| {
        score.room
            + score.balance
            + 2 * score.evenness
            + 2 * share(score.likes, likes)
            + 2 * share(score.liking - dreariest, dearest - dreariest)
            + 3 * (100 - share(score.discouraged, discouraged))
    };
    let mut best: Option<(i64, &NodeInfo)> = None;
    for (node, score) in nodes.iter().zip(&scores) {
        let total = total(score);
        if best.is_none_or(|(most, _)| total > most) {
            best = Some((total, node));
        }
    }
    best.map(|(_, node)| node)
}

fn share(part: i64, whole: i64) -> i64 {
    if whole <= 0 { 0 } else { part * 100 / whole }
}

fn scores(placement: &Placement<'_>, node: &NodeInfo) -> Scores {
    let asked = placement.wants.requests();
    let unsaid = |amount: i64, usual: i64| if amount == 0 { usual } else { amount };
    let taken = placement.room(node).requests;
    let used = [
        (taken.cpu + unsaid(asked.cpu, UNSAID.cpu), node.allocatable.cpu),
        (taken.memory + unsaid(asked.memory, UNSAID.memory), node.allocatable.memory),
    ];
    // In ten thousandths, so that small differences still count.
    let shares = used
        .map(|(used, whole)| (i128::from(used) * 10_000 / i128::from(whole.max(1))).clamp(0, 10_000) as i64);
    let [cpu, memory] = shares;
    Scores {
        room: (20_000 - cpu - memory) / 200,
        balance: 100 - (cpu - memory).abs() / 200,
        evenness: placement.spread.evenness(node),
        likes: placement.wants.likes(node),
        liking: placement.neighbours.liking(node),
        discouraged: node.discourages(placement.wants.tolerations()),
    }
}

//! Another wanted count: one set follows it alone, several share it in proportion.

use super::sets::{DESIRED, MAX, Rollout, created, noted};

impl Rollout<'_> {
    /// Whether the wanted count is another one than that for which the sets were scaled last.
    pub fn count_has_changed(&self) -> bool {
        let sets = self.active((0..self.sets.len()).collect());
        sets.into_iter()
            .any(|place| noted(&self.sets[place], DESIRED).is_some_and(|noted| noted != self.wanted()))
    }

    /// Follows the wanted count.
    pub fn follow_count(&mut self) {
        if let Some(place) = self.active_or_latest() {
            self.scale(place, self.wanted(), false);
        } else if self.new_is_saturated() {
            for place in self.active(self.old()) {
                self.scale(place, 0, false);
            }
        } else if self.is_rolling() {
            self.share_out();
        }
    }

    /// The one set that wants pods, or the newest where none does.
    fn active_or_latest(&self) -> Option<usize> {
        match self.active((0..self.sets.len()).collect()).as_slice() {
            [] => self.new.or_else(|| self.old().last().copied()),
            [one] => Some(*one),
            _ => None,
        }
    }

    fn new_is_saturated(&self) -> bool {
        let wanted = self.wanted();
        self.new.is_some_and(|new| {
            self.count(new) == wanted
                && noted(&self.sets[new], DESIRED) == Some(wanted)
                && self.available(new) == wanted
        })
    }

    /// Spreads what there may be more, or has to be less, over the sets in proportion to their sizes.
    fn share_out(&mut self) {
        let mut places = self.active((0..self.sets.len()).collect());
        let allowed = if self.wanted() > 0 { self.wanted() + self.max_surge() } else { 0 };
        let change = allowed - self.total();
        // The largest first; of equal ones the newer grow first, and the older shrink first.
        places.sort_by_key(|place| created(&self.sets[*place]));
        if change > 0 {
            places.reverse();
        }
        places.sort_by_key(|place| -self.count(*place));
        let mut left = change;
        let mut counts: Vec<i32> = Vec::new();
        for place in &places {
            let part = self.proportion(*place, left, change);
            left -= part;
            counts.push(self.count(*place) + part);
        }
        if let Some(largest) = counts.first_mut() {
            *largest = (*largest + left).max(0);
        }
        for (place, count) in places.into_iter().zip(counts) {
            self.scale(place, count, true);
        }
    }

    /// What a set gets of a change of which so much is left.
    fn proportion(&self, place: usize, left: i32, change: i32) -> i32 {
        if left == 0 {
            return 0;
        }
        let part = self.fraction(place);
        if change > 0 { part.min(left) } else { part.max(left) }
    }

    fn fraction(&self, place: usize) -> i32 {
        let count = self.count(place);
        if self.wanted() == 0 {
            return -count;
        }
        let noted = noted(&self.sets[place], MAX).filter(|most| *most != 0);
        let before = noted.unwrap_or_else(|| self.status().replicas.unwrap_or(0));
        if before == 0 {
            return 0;
        }
        let size = f64::from(count) * f64::from(self.wanted() + self.max_surge()) / f64::from(before);
        size.round() as i32 - count
    }
}

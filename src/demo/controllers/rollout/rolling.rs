//! A rolling update: new pods as there is room above the wanted count, old ones away as enough others are available.

use super::sets::Rollout;

impl Rollout<'_> {
    /// One step of a rolling update; whether it changed a count.
    pub fn roll(&mut self) -> bool {
        self.scale_new_up() || self.scale_old_down()
    }

    fn scale_new_up(&mut self) -> bool {
        let Some(new) = self.new else { return false };
        let (count, wanted) = (self.count(new), self.wanted());
        let next = if count > wanted { wanted } else { self.room_for_new(count) };
        self.scale(new, next, false)
    }

    /// The count that the new set may have, which has this one now.
    pub fn room_for_new(&self, count: i32) -> i32 {
        let wanted = self.wanted();
        if !self.is_rolling() {
            return wanted;
        }
        let room = wanted + self.max_surge() - self.total();
        if room <= 0 { count } else { count + room.min(wanted - count) }
    }

    fn scale_old_down(&mut self) -> bool {
        let Some(new) = self.new else { return false };
        let old = self.active(self.old());
        let kept = self.wanted() - self.max_unavailable();
        let unavailable = self.count(new) - self.available(new);
        let surplus = self.total() - kept - unavailable;
        if old.is_empty() || surplus <= 0 {
            return false;
        }
        let unhealthy = self.remove_unhealthy(&old, surplus);
        let healthy = self.remove_healthy(&old, kept);
        unhealthy || healthy
    }

    /// Old pods that aren't available go first: nobody misses them, and they would hold everything up.
    fn remove_unhealthy(&mut self, old: &[usize], surplus: i32) -> bool {
        let mut left = surplus;
        for place in old {
            let idle = (self.count(*place) - self.available(*place)).min(left).max(0);
            self.scale(*place, self.count(*place) - idle, false);
            left -= idle;
        }
        left < surplus
    }

    fn remove_healthy(&mut self, old: &[usize], kept: i32) -> bool {
        let surplus = (self.total_available() - kept).max(0);
        let mut left = surplus;
        for place in old {
            let fewer = self.count(*place).min(left);
            self.scale(*place, self.count(*place) - fewer, false);
            left -= fewer;
        }
        left < surplus
    }
}

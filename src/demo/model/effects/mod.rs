//! What breaks the platform, and what is asked about it.

mod image;

pub use image::ImageFault;

use std::collections::BTreeMap;

/// Everything that is broken now.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    images: BTreeMap<String, ImageFault>,
}

impl Effects {
    /// From now on, the image doesn't work in this way.
    pub fn break_image(&mut self, image: impl Into<String>, fault: ImageFault) {
        self.images.insert(image.into(), fault);
    }

    /// How a container of this image fails; `None` where it works.
    pub fn image_fault(&self, image: &str) -> Option<ImageFault> {
        self.images.get(image).copied()
    }

    /// Whether the node is lost: its kubelet doesn't answer, and nothing runs on it.
    pub fn node_down(&self, _node: &str) -> bool {
        false
    }
}

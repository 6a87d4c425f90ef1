//! What keeps the picture live: one task for each source and scope.

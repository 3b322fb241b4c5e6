"""Files that people hand in: announced, put, checked, frozen, and read by signed URLs that expire."""

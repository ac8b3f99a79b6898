"""What people do by hand, because no check can: try programs that do not run here, compare with the real service."""

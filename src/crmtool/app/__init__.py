"""The application: one door to a workspace, its commands, jobs and the live feed."""

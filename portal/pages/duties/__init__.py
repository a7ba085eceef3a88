"""学习任务: how units and their people stand with what is asked of them (DOMAIN.md §3), by the person door."""

"""The cast of every story: department staff, class manager, liaison, trainee, leader, the administrators, a stranger.

Two cities stand side by side: 云岭 is the story's, 望江 is the stranger's.
"""

"""Background indexing: a queue, the processes that work on it, and their status. Importing it loads nothing heavy.

``store.py`` keeps queue and status of jobs (``job.py``) in the user's state folder. It is a cache: which chunks lack
vectors, the memory files themselves say. ``client.py`` enqueues, waits and cancels, and starts ``supervisor.py`` when
none is there (``presence.py`` tells), which drains the queue and leaves. ``work.py`` works on one file: plan, embed,
keep, commit; ``pool.py`` holds the workers, ``spool.py`` the finished batches that are not in the file yet.
"""

from memcodec.jobs.job import Job, JobState, Options

__all__ = ["Job", "JobState", "Options"]

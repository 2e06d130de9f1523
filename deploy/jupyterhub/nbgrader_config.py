"""nbgrader's settings, for instructors and learners alike."""  # noqa: INP001 - a file of settings, not a module

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - nbgrader calls this file with it
c.CourseDirectory.course_id = "private-path"
c.Exchange.root = os.environ.get("NBGRADER_EXCHANGE", "/srv/nbgrader/exchange")
# As in notebooks/: what is left to do raises nothing, so that the cells after it go on.
c.ClearSolutions.code_stub = {"python": "...  # your code here"}
# A cell may wait for a training job.
c.ExecutePreprocessor.timeout = 300

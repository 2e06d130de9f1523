"""The words at the lab's door: the headers between a job's process and the loopback server."""

TOKEN, URL, FAILURE, QUESTION = "X-Lab-Token", "X-Lab-Url", "X-Lab-Failure", "X-Lab-Question"
# No service answers with it, so it cannot be mistaken for an answer of AWS.
FAILURE_STATUS = 599

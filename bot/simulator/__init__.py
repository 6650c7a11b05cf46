"""A Twilio on your desk: the Messages API, webhooks and customers who answer, all in memory."""

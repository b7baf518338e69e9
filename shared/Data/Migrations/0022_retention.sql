-- What is purged by its age is found by its age.
CREATE INDEX inbox_received ON toolbox.inbox (received_at);
CREATE INDEX handled_messages_handled ON toolbox.handled_messages (handled_at);

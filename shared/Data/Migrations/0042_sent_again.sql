-- When the sweep last sent an event's message again: those that fail each time wait their turn behind the others.
ALTER TABLE toolbox.inbox ADD COLUMN sent_again_at timestamptz;

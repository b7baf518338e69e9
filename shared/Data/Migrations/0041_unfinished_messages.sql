-- What follows from an applied message outside its transaction (a run that is started or told, say) may be lost with the message. The mark
-- says so until it is done; a release that doesn't know it leaves it unset, as before.
ALTER TABLE toolbox.handled_messages ADD COLUMN unfinished boolean NOT NULL DEFAULT false;

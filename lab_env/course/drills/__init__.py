"""Drills: broken clouds to repair. Faults from a catalogue break a cloud; running the job says what is seen of it."""

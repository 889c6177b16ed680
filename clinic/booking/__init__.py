"""From a question to the front desk: what a patient asks the clinic for, and the outbox that hands it on.

`doors` is how the actions come in. `words` reads what patients write and knows no Django. `deliver` sends what was
confirmed through the `transports`. Contact details live in the rows of `models` only, and leave them only masked.
"""

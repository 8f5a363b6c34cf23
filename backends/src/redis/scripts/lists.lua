-- What the scripts share that move a medium from one list to another. KEYS goes on with the list of each state.
local list_of = { Processing = KEYS[5], Completed = KEYS[6], Error = KEYS[7] }

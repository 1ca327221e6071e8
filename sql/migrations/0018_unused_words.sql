-- A line is named by what it is of, and what was withheld is explained again from the evidence of its close
-- (settlement/withheld-store.ts): nothing wrote or read these any more.
alter table charge drop column description;
alter table withheld drop column explanation;

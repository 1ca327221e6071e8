-- A close writes a line and a memory for each placement, and each index and each conversion of JSON was paid for every row.

-- One index finds the lines of a placement and is the key: lines were looked up by seller and close in the proof of a close
-- alone, which now goes from document to lines (charge_document).
alter table charge drop constraint charge_pkey;
drop index charge_placement;
alter table charge add primary key (seller_id, placement_id, service_month, id);

-- Memories are looked up by seller and placement; nothing looks them up by buyer.
drop index settled_month_buyer;

-- Written once, read whole and never searched: kept as the text that was written.
alter table charge alter shares drop default, alter shares type json using shares::json, alter shares set default '[]';
alter table settled_month
  alter shares drop default,
  alter shares type json using shares::json,
  alter shares set default '[]',
  alter vat type json using vat::json,
  alter carry type json using carry::json;

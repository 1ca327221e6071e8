-- A buyer reads charges through its documents; nothing looks them up by buyer and month, and every line of a close paid for it.
drop index charge_buyer;

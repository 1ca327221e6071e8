-- A seller proposes other days of the week; null: every day. What was proposed before was for the days asked for.
alter table counter_offer add column weekdays int[] constraint counter_offer_weekdays_known check (are_weekdays(weekdays));
update counter_offer c set weekdays = r.weekdays from referral r
  where r.seller_id = c.seller_id and r.id = c.referral_id and r.weekdays is not null;

-- Why a buyer takes a referral back, said to both parties; of a part of a request nobody but the buyer knows (`place_request`).
alter table referral
  add column withdraw_reason text
    constraint referral_withdraw_reason_known check (withdraw_reason in ('resident_refused', 'found_elsewhere', 'not_needed', 'mistake', 'other')),
  add column withdrawn_at timestamptz,
  add constraint referral_withdrawn_why check (withdraw_reason is null or (withdrawn_at is not null and request_id is null and submitted_at is not null)),
  add constraint referral_withdrawn_when check (withdrawn_at is null or status = 'withdrawn');

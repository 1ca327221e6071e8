/** Residents, referrals and placements for people. */
import type { App } from '../http/app.ts'
import { budgetPages } from './budget-pages.tsx'
import { cancelPages } from './cancel-pages.tsx'
import { endingPages } from './ending-pages.tsx'
import { movePages } from './move-pages.tsx'
import { placementChangePages } from './placement-change-pages.tsx'
import { placementListPages } from './placement-list-pages.tsx'
import { placementPages } from './placement-pages.tsx'
import { referralFormPages } from './referral-form-pages.tsx'
import { referralListPages } from './referral-list-pages.tsx'
import { referralPages } from './referral-pages.tsx'
import { residentPages } from './resident-pages.tsx'
import { stayRulePages } from './stay-rule-pages.tsx'
import { weekdaysPages } from './weekdays-pages.tsx'

export function placementsPages(app: App): void {
  residentPages(app)
  referralListPages(app)
  // before one referral, whose address begins alike
  referralFormPages(app)
  referralPages(app)
  placementListPages(app)
  placementPages(app)
  placementChangePages(app)
  stayRulePages(app)
  weekdaysPages(app)
  cancelPages(app)
  endingPages(app)
  movePages(app)
  budgetPages(app)
}

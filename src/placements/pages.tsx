/** Residents, referrals and placements for people. */
import type { App } from '../http/app.ts'
import { budgetPages } from './budget-pages.tsx'
import { cancelPages } from './cancel-pages.tsx'
import { endingPages } from './ending-pages.tsx'
import { movePages } from './move-pages.tsx'
import { placementPages } from './placement-pages.tsx'
import { referralPages } from './referral-pages.tsx'
import { residentPages } from './resident-pages.tsx'
import { stayRulePages } from './stay-rule-pages.tsx'
import { weekdaysPages } from './weekdays-pages.tsx'

export function placementsPages(app: App): void {
  residentPages(app)
  referralPages(app)
  placementPages(app)
  stayRulePages(app)
  weekdaysPages(app)
  cancelPages(app)
  endingPages(app)
  movePages(app)
  budgetPages(app)
}

/** Residents, referrals and placements for people. */
import type { App } from '../http/app.ts'
import { placementPages } from './placement-pages.tsx'
import { referralPages } from './referral-pages.tsx'
import { residentPages } from './resident-pages.tsx'

export function placementsPages(app: App): void {
  residentPages(app)
  referralPages(app)
  placementPages(app)
}

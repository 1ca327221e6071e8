/** Where a referral or a placement stands, in a word and a colour. */
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { useView } from '../ui/view-context.tsx'
import { type PlacementStatus, placementStatus, type Span } from './placement.ts'
import type { ReferralStatus } from './referral.ts'

const referralTones: Record<ReferralStatus, Tone> = {
  draft: 'quiet',
  submitted: 'waiting',
  accepted: 'good',
  declined: 'bad',
  withdrawn: 'quiet',
  offered: 'waiting',
  closed: 'quiet',
  cancelled: 'bad',
}

/** @param turn it is the reader's turn to answer what waits */
export function ReferralBadge({ of, turn }: { of: { status: string }; turn?: boolean }) {
  const { t } = useView()
  const status = of.status as ReferralStatus
  return (
    <Badge tone={turn && status === 'submitted' ? 'attention' : referralTones[status]}>
      {t(`referral.status.${status}`)}
    </Badge>
  )
}

const placementTones: Record<PlacementStatus, Tone> = {
  planned: 'waiting',
  active: 'good',
  ending_soon: 'attention',
  ended: 'quiet',
  cancelled: 'quiet',
}

export function PlacementBadge({ of, today }: { of: Span & { cancelled_at?: string | null }; today: string }) {
  const { t } = useView()
  const status = placementStatus(of, today)
  return <Badge tone={placementTones[status]}>{t(`placement.status.${status}`)}</Badge>
}

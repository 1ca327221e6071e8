/** Beside what is waited for: the place for the time until then, or the way to ask for one; and on that stay, what it is for. */
import type { Tx } from '../db/connect.ts'
import { Section } from '../ui/blocks.tsx'
import { Actions, LinkButton } from '../ui/button.tsx'
import { Period } from '../ui/figures.tsx'
import { Notice } from '../ui/notice.tsx'
import { useView } from '../ui/view-context.tsx'
import type { Awaited as AwaitedThing, Bridges } from './bridge.ts'
import { type BridgeRow, bridgesOf, findAwaited, findPlaceOf, isBridged } from './bridge-store.ts'
import type { PlacementRow } from './store.ts'

export interface BridgingShown {
  of: Bridges
  bridges: Awaited<ReturnType<typeof bridgesOf>>
  /** the person waits still, and nobody has been found for the time until then */
  open: boolean
}

/** What bridges the wait for something of the buyer's own. */
export async function readBridging(tx: Tx, buyer_id: string, of: Bridges, today: string): Promise<BridgingShown> {
  const bridges = await bridgesOf(tx, of.id)
  const awaited = await findAwaited(tx, buyer_id, of)
  if (awaited === undefined) return { of, bridges, open: false }
  const { resident_id, kinds } = awaited
  const place = await findPlaceOf(tx, { buyer_id, resident_id, kinds, on: today })
  const there = place !== undefined && place.valid_from <= today
  return { of, bridges, open: !there && !(await isBridged(tx, buyer_id, resident_id, today)) }
}

export function BridgingSection({ of, bridges, open }: BridgingShown) {
  const { t, can } = useView()
  const asks = open && can('referral.request')
  const there = bridges.filter((bridge) => bridge.placement_id !== null || bridge.referral_id !== null)
  if (!asks && there.length === 0) return null
  return (
    <Section title={t('bridge.title')} lead={t('bridge.lead')}>
      {there.map((bridge) =>
        bridge.placement_id === null ? (
          <p>
            <a href={`/referrals/${bridge.referral_id}`}>{t('bridge.waits_for_answer')}</a>
          </p>
        ) : (
          <p>
            <a href={`/placements/${bridge.placement_id}`}>{bridge.offer_title}</a>{' '}
            <Period from={bridge.valid_from!} to={bridge.valid_to} />
          </p>
        ),
      )}
      {asks && (
        <Actions>
          <LinkButton href={`/bridges/new?bridges=${of.awaits}.${of.id}`}>{t('bridge.ask')}</LinkButton>
        </Actions>
      )}
    </Section>
  )
}

const pages: Record<AwaitedThing, string> = { request: '/requests', referral: '/referrals', queue_entry: '/queue' }

/** On the page of a stay: that it is for a time, and to its buyer, what it waits for. */
export function BridgeNotice({ placement, bridge }: { placement: PlacementRow; bridge: BridgeRow | undefined }) {
  const { t, format } = useView()
  if (!placement.bridging) return null
  const waiting = placement.end_reason === null
  return (
    <Notice kind="info">
      {waiting ? t('bridge.stay_waits') : t('bridge.stay_ended', { date: format.date(placement.valid_to ?? '') })}{' '}
      {bridge && <a href={`${pages[bridge.awaits]}/${bridge.awaited_id}`}>{t('bridge.to_awaited')}</a>}
    </Notice>
  )
}

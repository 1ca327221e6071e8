/** On the page of a stay: its decisions, its papers, and what came before and after it. */
import { addDays, type PlainDate } from '../calendar.ts'
import { type Context, may, organisationOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { Section } from '../ui/blocks.tsx'
import { Confirm, LinkButton } from '../ui/button.tsx'
import { Period } from '../ui/figures.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { type BridgeRow, findBridgeOf } from './bridge-store.ts'
import { type ChainPart, chainOf, type MoveRow, movesOf } from './move-store.ts'
import type { Span } from './placement.ts'
import { type Ground, leavesUncharged, uncoveredSpans } from './stay-rule.ts'
import { type PaperRow, papersOf, ruleOfOffer, type StayRuleRow } from './stay-rule-store.ts'
import type { PlacementRow, StepRow } from './store.ts'

export interface StayParts {
  rule: StayRuleRow
  /** null for whom papers are not */
  papers: PaperRow[] | null
  /** days of the stay that no paper covers */
  uncovered: Span[]
  /** of a stay for the time until another begins, to its buyer */
  bridge: BridgeRow | undefined
  chain: ChainPart[]
  moves: MoveRow[]
}

export async function readStayParts(tx: Tx, ctx: Context, placement: PlacementRow): Promise<StayParts> {
  const rule = await ruleOfOffer(tx, placement.offer_id)
  const own = organisationOf(ctx.actor)
  const involved = placement.seller_id === own || placement.buyer_id === own
  const reads = involved && placement.resident_id !== null && may(ctx.actor, 'resident.read')
  const papers = reads ? await papersOf(tx, placement) : null
  return {
    rule,
    papers,
    uncovered: papers === null ? [] : uncoveredSpans(rule.grounds, papers, daysOf(placement)),
    bridge: placement.bridging ? await findBridgeOf(tx, placement) : undefined,
    chain: await chainOf(tx, placement),
    moves: involved ? await movesOf(tx, placement) : [],
  }
}

/** The days of service: without the departure day where that is not charged (R1). */
function daysOf(placement: PlacementRow): Span {
  const { valid_from, valid_to } = placement
  if (valid_to === null || valid_to === valid_from || !leavesUncharged(placement)) return { valid_from, valid_to }
  return { valid_from, valid_to: addDays(valid_to as PlainDate, -1) }
}

/** `a un b vai c`: the grounds of a rule in words. */
export function groundsInWords({ t }: View, grounds: readonly Ground[]): string {
  return grounds
    .map(({ papers }) => papers.map((kind) => t(`paper.kind.${kind}`)).join(t('paper.and')))
    .join(t('paper.or'))
}

export function Decisions({ view, steps }: { view: View; steps: StepRow[] }) {
  const { t, format } = view
  const decided = steps.filter(
    (step) =>
      step.kind === 'started' || step.kind === 'prolonged' || (step.kind === 'cancelled' && step.decision !== null),
  )
  if (decided.every((step) => step.decision === null && step.longer_reason === null)) return null
  return (
    <Section title={t('stay.decisions')}>
      <Table
        caption={t('stay.decisions')}
        captionHidden
        rows={decided}
        columns={[
          {
            header: t('stay.decision_number'),
            names: true,
            cell: (step) => <TwoLines under={step.longer_reason}>{step.decision ?? t('stay.no_number')}</TwoLines>,
          },
          { header: t('stay.decided_on'), cell: (step) => (step.decided_on ? format.date(step.decided_on) : '–') },
          {
            header: t('stay.covers'),
            cell: (step) =>
              step.kind === 'cancelled' ? (
                t('placement.step.cancelled')
              ) : (
                <Period from={step.valid_from} to={step.valid_to} />
              ),
          },
        ]}
      />
    </Section>
  )
}

export function Papers({ view, placement, parts }: { view: View; placement: PlacementRow; parts: StayParts }) {
  const { t, format } = view
  const { papers, rule, uncovered } = parts
  if (papers === null || (papers.length === 0 && rule.grounds.length === 0)) return null
  return (
    <Section
      title={t('paper.title')}
      lead={
        rule.grounds.length === 0
          ? t('paper.lead')
          : `${t('paper.needed', { grounds: groundsInWords(view, rule.grounds) })} ${t('paper.lead')}`
      }
      actions={
        <LinkButton href={`/placements/${placement.id}/papers/new`} icon="plus">
          {t('paper.add')}
        </LinkButton>
      }
    >
      {uncovered.length > 0 && (
        <Notice kind="warning" title={t('paper.uncovered_title')}>
          {uncovered.map(({ valid_from, valid_to }) => (
            <p>{t('paper.uncovered', { period: format.period(valid_from, valid_to) })}</p>
          ))}
        </Notice>
      )}
      <Table
        caption={t('paper.caption')}
        captionHidden
        rows={papers}
        empty={<p>{t('paper.none')}</p>}
        columns={[
          {
            header: t('paper.kind'),
            names: true,
            cell: (paper) => <TwoLines under={paper.issued_by}>{t(`paper.kind.${paper.kind}`)}</TwoLines>,
          },
          { header: t('paper.number'), cell: (paper) => paper.number },
          { header: t('common.period'), cell: (paper) => <Period from={paper.valid_from} to={paper.valid_to} /> },
          {
            header: t('common.actions'),
            bare: true,
            cell: (paper) => (
              <Confirm action={`/papers/${paper.id}/withdraw`} label={t('action.withdraw')} id={`paper-${paper.id}`} />
            ),
          },
        ]}
      />
    </Section>
  )
}

export function Chain({ view, placement, parts }: { view: View; placement: PlacementRow; parts: StayParts }) {
  const { t } = view
  const { chain, moves } = parts
  const waiting = moves.filter((move) => move.status === 'proposed')
  return (
    <>
      {waiting.map((move) => (
        <Notice kind="info">
          {t(`move.kind.${move.kind}`)}: {t('move.waits', { name: answerer(move) })}.{' '}
          <a href={`/moves/${move.id}`}>{t('move.open')}</a>
        </Notice>
      ))}
      {chain.length > 1 && (
        <Section title={t('move.chain')}>
          <Table
            caption={t('move.chain')}
            captionHidden
            rows={chain}
            columns={[
              {
                header: t('referral.offer'),
                names: true,
                cell: (part) => (
                  <TwoLines under={part.buyer_name}>
                    {part.id === placement.id ? (
                      <strong>{part.offer_title}</strong>
                    ) : (
                      <a href={`/placements/${part.id}`}>{part.offer_title}</a>
                    )}
                  </TwoLines>
                ),
              },
              { header: t('common.period'), cell: (part) => <Period from={part.valid_from} to={part.valid_to} /> },
            ]}
          />
        </Section>
      )}
    </>
  )
}

/** Whose answer a move waits for. */
export function answerer(move: MoveRow): string {
  if (move.kind === 'payer') return move.to_buyer_name
  return move.answerer_id === move.to_seller_id ? move.to_seller_name : move.buyer_name
}

const tones = {
  proposed: 'attention',
  accepted: 'good',
  declined: 'quiet',
  withdrawn: 'quiet',
  cancelled: 'quiet',
} as const

export function MoveBadge({ view, move }: { view: View; move: MoveRow }) {
  return <Badge tone={tones[move.status]}>{view.t(`move.status.${move.status}`)}</Badge>
}

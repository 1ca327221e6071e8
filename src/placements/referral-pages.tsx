import { overReasons } from '../catalogue/capacity-part.ts'
import { overInWords } from '../catalogue/parts-page.tsx'
import { type OverRuleRow, overRulesOf } from '../catalogue/vacancy-store.ts'
import { type Context, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { MessagesLink } from '../messages/link.tsx'
import { Columns, Section } from '../ui/blocks.tsx'
import { Actions, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { SelectField, TextAreaField } from '../ui/field.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { emptyForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Timeline, type TimelineStep } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { ApprovalSection } from './approval-section.tsx'
import { BridgingSection, type BridgingShown, readBridging } from './bridge-section.tsx'
import { acceptReferral, declineReferral, submitReferral, withdrawReferral } from './commands.ts'
import { type Approval, approvalOf, referralToApprove } from './commitment-commands.ts'
import { Acceptance, Decline, declineReasons, ReferralWithdrawal, withdrawReasons } from './referral.ts'
import {
  answerPosts,
  answerSteps,
  ChooseAction,
  CounterAction,
  OfferAction,
  ProposedTerms,
  type Refused,
  ReserveAction,
  type Said,
} from './referral-answer-section.tsx'
import { counterOffersOf, publishedOffersBeside, reservationsOf } from './referral-answer-store.ts'
import { ReferralBadge } from './status-badges.tsx'
import { findDayWithoutPlace, getOfferFacts, getReferral, namesOf, type ReferralRow } from './store.ts'
import { FundingTable, termsItems, tokenOf, Who } from './terms-fields.tsx'
import { weekdaysInWords } from './weekdays-section.tsx'

/** One referral, and what its parties do with it. */
export function referralPages(app: App): void {
  answerPosts(app, onePage)
  app.get('/referrals/:id', requires('referral.read'), async (c) => show(c, await onePage(c)))
  const posts = [
    ['submit', 'referral.request', z.object({}), (ctx: Context, id: string) => submitReferral(ctx, id), 'submitted'],
    [
      'withdraw',
      'referral.request',
      ReferralWithdrawal,
      (ctx: Context, id: string, input: ReferralWithdrawal) => withdrawReferral(ctx, id, input),
      'withdrawn',
    ],
    [
      'decline',
      'referral.answer',
      Decline,
      (ctx: Context, id: string, input: Decline) => declineReferral(ctx, id, input),
      'declined',
    ],
  ] as const
  for (const [act, permission, schema, command, done] of posts) {
    app.post(`/referrals/:id/${act}`, requires(permission), (c) =>
      answerForm<Decline & ReferralWithdrawal>(c, {
        schema: schema as unknown as z.ZodType<Decline & ReferralWithdrawal>,
        kinds: {},
        act: async (input) => {
          await command(c.get('ctx'), c.req.param('id')!, input)
          return `/referrals/${c.req.param('id')}?done=referral_${done}`
        },
        page: (state) => onePage(c, { act, state }),
      }),
    )
  }
  app.post('/referrals/:id/accept', requires('referral.answer'), (c) =>
    answerForm(c, {
      schema: Acceptance,
      kinds: {},
      act: async (input) => {
        const placement = await acceptReferral(c.get('ctx'), c.req.param('id'), input)
        return `/placements/${placement.id}?done=placement_started`
      },
      page: (state) => onePage(c, { act: 'accept', state }),
    }),
  )
}

async function onePage(c: C, refused?: Refused) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const known = await transact(ctx, async (tx) => {
    const referral = await getReferral(tx, c.req.param('id')!)
    const commits = referral.buyer_id === own ? await referralToApprove(tx, referral) : null
    const approval = commits === null ? null : await approvalOf(tx, commits)
    const bridges = referral.buyer_id === own && referral.request_id === null && !referral.bridging
    const bridging =
      bridges && referral.resident_id !== null && referral.submitted_at !== null
        ? await readBridging(tx, own, { awaits: 'referral', id: referral.id }, ctx.clock.today())
        : null
    const said = await saidTo(tx, ctx, referral)
    const room = await roomFor(tx, referral, said)
    return { referral, names: await namesOf(tx, [referral]), said, room, approval, bridging }
  })
  const late = known.referral.answer_by !== null && ctx.clock.now() > new Date(known.referral.answer_by)
  return <ReferralPage view={viewFor(c)} {...known} late={late} own={own} {...(refused && { refused })} />
}

/** null: left out. */
function roomText({ t, format }: View, room: Room): string | null {
  if (room === null) return null
  return room === undefined
    ? t('referral.room_free')
    : t('referral.room_full', { ...room, date: format.date(room.on_date) })
}

type Room = Awaited<ReturnType<typeof findDayWithoutPlace>> | null

/** The first wanted day without a place, undefined where every one has one; null where that is no question any more, or one is kept. */
async function roomFor(tx: Tx, referral: ReferralRow, { reservations }: Said): Promise<Room> {
  const waits = referral.status === 'draft' || referral.status === 'submitted'
  if (!waits || reservations.some(({ status }) => status === 'held')) return null
  const { wanted_from: valid_from, wanted_to: valid_to } = referral
  return findDayWithoutPlace(tx, { ...referral, valid_from, valid_to })
}

async function saidTo(tx: Tx, ctx: Context, referral: ReferralRow): Promise<Said> {
  const own = referral.seller_id === organisationOf(ctx.actor)
  return {
    offer: await getOfferFacts(tx, referral.offer_id),
    others: own ? await publishedOffersBeside(tx, referral) : [],
    over_rules: own ? await overRulesOf(tx, { seller_id: referral.seller_id, id: referral.offer_id }) : [],
    counter_offers: await counterOffersOf(tx, [referral]),
    reservations: await reservationsOf(tx, [referral]),
  }
}

function ReferralPage(props: {
  view: View
  referral: ReferralRow
  names: Map<string, string>
  said: Said
  room: Room
  approval: Approval | null
  bridging: BridgingShown | null
  /** the time to answer is over */
  late: boolean
  own: string
  refused?: Refused
}) {
  const { view, referral: it, names, said, room, late, own, refused } = props
  const { t, format } = view
  const asks = it.buyer_id === own && view.can('referral.request')
  const answers = it.seller_id === own && view.can('referral.answer')
  return (
    <Layout
      view={view}
      title={t('referral.one', { who: tokenOf(view, it) })}
      status={<ReferralBadge of={it} turn={answers} />}
      lead={`${it.offer_title} · ${it.seller_name}`}
      actions={it.submitted_at && <MessagesLink view={view} type="referral" id={it.id} between={it} />}
      breadcrumbs={[
        { href: '/referrals', text: t('referral.list') },
        ...(it.buyer_id === own && it.request_id !== null
          ? [{ href: `/requests/${it.request_id}`, text: t('referral.request') }]
          : []),
      ]}
    >
      {it.bridging && <Notice kind="info">{t('bridge.asked')}</Notice>}
      {it.status === 'closed' && <Notice kind="info">{t('referral.closed_notice')}</Notice>}
      {it.status === 'submitted' && it.crisis && (
        <Notice kind="warning">{t('referral.crisis_notice', { at: format.instant(it.answer_by ?? '') })}</Notice>
      )}
      {it.status === 'submitted' && late && <Notice kind="warning">{t('referral.late_notice')}</Notice>}
      {refused && (
        <Notice kind="error">
          {refused.state.errors.map((error) => (
            <p>{error.message}</p>
          ))}
        </Notice>
      )}
      <Columns
        main={
          <>
            <Section title={t('referral.facts')}>
              <DescriptionList
                items={[
                  { term: t('referral.who'), text: <Who of={it} name={names.get(it.resident_id ?? '')} /> },
                  { term: t('referral.offer'), text: <a href={`/offers/${it.offer_id}`}>{it.offer_title}</a> },
                  { term: t('referral.buyer'), text: it.buyer_name },
                  { term: t('referral.seller'), text: it.seller_name },
                  { term: t('referral.wanted'), text: format.period(it.wanted_from, it.wanted_to) },
                  { term: t('referral.room'), text: roomText(view, room) },
                  { term: t('referral.answer_by'), text: it.answer_by && format.instant(it.answer_by) },
                  { term: t('referral.mode'), text: it.mode && t(`referral.mode.${it.mode as 'first_fit'}`) },
                  { term: t('weekdays.title'), text: it.weekdays && weekdaysInWords(view, it.weekdays) },
                  ...termsItems(view, it),
                  { term: t('referral.decision'), text: it.decision },
                  { term: t('stay.longer_reason'), text: it.longer_reason },
                  { term: t('referral.note'), text: it.note || null },
                ]}
              />
            </Section>
            <Section title={t('funding.title')}>
              <FundingTable funding={it.funding} />
            </Section>
          </>
        }
        side={
          <>
            <ProposedTerms referral={it} said={said} asks={asks} refused={refused} />
            {asks && props.approval && (
              <ApprovalSection view={view} action={`/referrals/${it.id}/ask-approval`} approval={props.approval} />
            )}
            <ReferralActions referral={it} said={said} late={late} asks={asks} answers={answers} refused={refused} />
            {props.bridging && <BridgingSection {...props.bridging} />}
            <Section title={t('referral.history')}>
              <Timeline steps={referralSteps(view, it, said)} />
            </Section>
          </>
        }
      />
    </Layout>
  )
}

type ActionsProps = {
  referral: ReferralRow
  said: Said
  late: boolean
  asks: boolean
  answers: boolean
  refused: Refused | undefined
}

function ReferralActions({ referral: it, said, late, asks, answers, refused }: ActionsProps) {
  const { t } = useView()
  const path = `/referrals/${it.id}`
  if (it.status === 'accepted' || it.status === 'cancelled') {
    return (
      <Section title={t('referral.next')}>
        <Actions>
          <LinkButton href={`/placements/${it.placement_id}`} kind="primary">
            {t('referral.to_placement')}
          </LinkButton>
        </Actions>
      </Section>
    )
  }
  const withdraw = (
    <Confirm
      action={`${path}/withdraw`}
      label={t('action.withdraw')}
      confirm={t('referral.withdraw_confirm')}
      id="withdraw"
      state={refused?.act === 'withdraw' ? refused.state : emptyForm}
    >
      <p>{t('referral.withdraw_text')}</p>
      {it.status !== 'draft' && it.request_id === null && (
        <SelectField
          name="reason"
          label={t('referral.withdraw_reason')}
          options={withdrawReasons.map((reason) => ({ value: reason, label: t(`referral.withdrawn_as.${reason}`) }))}
        />
      )}
    </Confirm>
  )
  if (it.status === 'draft' && asks) {
    return (
      <Section title={t('referral.next')}>
        <Actions>
          <PostButton action={`${path}/submit`} label={t('referral.submit')} kind="primary" />
          <LinkButton href={`${path}/edit`}>{t('action.edit')}</LinkButton>
          {withdraw}
        </Actions>
      </Section>
    )
  }
  if (it.status !== 'submitted' && it.status !== 'offered') return null
  return (
    <>
      {answers && <AnswerActions referral={it} said={said} late={late} refused={refused} />}
      {(asks || !answers) && (
        <Section title={t('referral.next')}>
          {!answers && it.status === 'submitted' && <p>{t('referral.waiting_for', { name: it.seller_name })}</p>}
          {it.status === 'offered' && it.offer_note && <p>{it.offer_note}</p>}
          {it.status === 'offered' && asks && <ChooseAction referral={it} refused={refused} />}
          {asks && withdraw}
        </Section>
      )}
    </>
  )
}

function AnswerActions(props: { referral: ReferralRow; said: Said; late: boolean; refused: Refused | undefined }) {
  const { referral, said, late, refused } = props
  const { t } = useView()
  const path = `/referrals/${referral.id}`
  const choice = referral.mode === 'best_answer'
  const stateOf = (act: string) => (refused?.act === act ? refused.state : emptyForm)
  return (
    <Section title={t('referral.answer')}>
      <Actions>
        {choice && !late && <OfferAction referral={referral} said={said} refused={refused} />}
        {!choice && !late && (
          <Confirm
            action={`${path}/accept`}
            label={t('action.accept')}
            confirm={t('referral.accept_confirm')}
            kind="primary"
            icon="check"
            state={stateOf('accept')}
            id="accept"
          >
            <p>{t('referral.accept_text')}</p>
            <OverReasonField rules={said.over_rules} />
            <TextAreaField name="note" label={t('referral.accept_note')} rows={2} maxlength={2000} optional />
          </Confirm>
        )}
        {!late && <CounterAction referral={referral} said={said} refused={refused} />}
        {!late && <ReserveAction referral={referral} said={said} refused={refused} />}
        <Confirm
          action={`${path}/decline`}
          label={t('action.decline')}
          confirm={t('referral.decline_confirm')}
          state={stateOf('decline')}
          id="decline"
        >
          <p>{t('referral.decline_text')}</p>
          <SelectField
            name="reason"
            label={t('referral.decline_reason')}
            options={declineReasons.map((reason) => ({ value: reason, label: t(`referral.reason.${reason}`) }))}
          />
          <TextAreaField name="note" label={t('referral.decline_note')} rows={2} maxlength={2000} optional />
        </Confirm>
      </Actions>
    </Section>
  )
}

function referralSteps(view: View, it: ReferralRow, said: Said): TimelineStep[] {
  const { t, format } = view
  const steps: TimelineStep[] = [
    {
      title: t('referral.step_draft'),
      state: it.status === 'draft' ? 'current' : 'done',
      at: format.instant(it.created_at),
    },
  ]
  if (it.submitted_at !== null) {
    steps.push({ title: t('referral.step_submitted'), state: 'done', at: format.instant(it.submitted_at) })
  } else if (it.status === 'draft') {
    steps.push({ title: t('referral.step_submitted'), state: 'next' })
  }
  const at = it.answered_at === null ? undefined : format.instant(it.answered_at)
  steps.push(...answerSteps(view, said))
  if (it.status === 'offered') {
    steps.push({ title: t('referral.step_offered'), state: 'done', at, text: it.offer_note ?? undefined })
    steps.push({ title: t('referral.step_choice'), state: 'current' })
    return steps
  }
  if (it.status === 'closed') steps.push({ title: t('referral.step_closed'), state: 'stopped' })
  else if (it.status === 'withdrawn') {
    steps.push({
      title: t('referral.step_withdrawn'),
      state: 'stopped',
      at: it.withdrawn_at === null ? undefined : format.instant(it.withdrawn_at),
      text: it.withdraw_reason === null ? undefined : t(`referral.withdrawn_as.${it.withdraw_reason as 'other'}`),
    })
  } else if (it.status === 'accepted' || it.status === 'cancelled') {
    steps.push({ title: t('referral.step_accepted'), state: 'done', at })
    if (it.cancelled_at !== null) {
      steps.push({ title: t('cancel.step'), state: 'stopped', at: format.instant(it.cancelled_at) })
    }
  } else if (it.status === 'declined') {
    const reason = t(`referral.reason.${it.decline_reason as 'other'}`)
    steps.push({
      title: t('referral.step_declined'),
      state: 'stopped',
      at,
      text: it.decline_note === null ? reason : `${reason}: ${it.decline_note}`,
    })
  } else steps.push({ title: t('referral.step_answer'), state: it.status === 'submitted' ? 'current' : 'next' })
  return steps
}

/** Nothing where no rule of the offer lets anybody be taken beyond its capacity. */
function OverReasonField({ rules }: { rules: OverRuleRow[] }) {
  const view = useView()
  const { t } = view
  if (rules.length === 0) return null
  const reasons = overReasons.filter((reason) => rules.some((rule) => rule.reasons.includes(reason)))
  return (
    <SelectField
      name="over_reason"
      label={t('vacancy.over_reason')}
      hint={t('vacancy.over_reason_hint', { rule: rules.map((rule) => overInWords(view, rule)).join('; ') })}
      optional
      empty={t('vacancy.over_reason_none')}
      options={reasons.map((reason) => ({ value: reason, label: t(`vacancy.reason.${reason}`) }))}
    />
  )
}

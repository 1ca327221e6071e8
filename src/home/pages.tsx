/** The first page: what waits for whoever signed in, by role. Each figure leads to where it is worked off. */
import { AgreementCards, type AgreementsWaiting, readAgreementsWaiting } from '../agreements/ending-cards.tsx'
import { readSaved } from '../catalogue/saved-search-commands.ts'
import { SavedSection } from '../catalogue/saved-search-pages.tsx'
import type { SavedSearchRow } from '../catalogue/saved-search-store.ts'
import { type Context, type Member, may, organisationOf, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { DisputeCards, readWaiting } from '../disputes/dispute-cards.tsx'
import type { ShownDispute } from '../disputes/store.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { readTold } from '../notices/commands.ts'
import type { ToldRow } from '../notices/store.ts'
import { ToldSection } from '../notices/told-list.tsx'
import { readStaysWaiting, StayCards, type StaysWaiting } from '../placements/ending-pages.tsx'
import { type RequestsWaiting, RequestsWaitingCards, readRequestsWaiting } from '../requests/waiting-cards.tsx'
import { readNotices } from '../settlement/calendar-commands.ts'
import type { NoticeRow } from '../settlement/calendar-store.ts'
import { NoticeCards } from '../settlement/notice-cards.tsx'
import { Empty, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Stat, Stats } from '../ui/figures.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { countMoneyWaiting, type MoneyWaiting } from './money-store.ts'
import { MoneyPart } from './money-waiting.tsx'
import {
  type AdministratorCounts,
  type BuyerCounts,
  countByKind,
  countForAdministrator,
  countForBuyer,
  countForFinance,
  countForLister,
  type FinanceCounts,
  type KindCounts,
  type ListerCounts,
} from './store.ts'

export function homePages(app: App): void {
  app.get('/', requires('signed_in'), async (c) => {
    const ctx = c.get('ctx')
    const { waiting, told, saved, notices, disputes, agreements, stays, requests } = await transact(
      ctx,
      async (tx) => ({
        // Who settles has a figure of them among the others.
        disputes: settles(ctx) ? [] : await readWaiting(tx, ctx),
        agreements: await readAgreementsWaiting(tx, ctx),
        stays: await readStaysWaiting(tx, ctx),
        requests: await readRequestsWaiting(tx, ctx),
        waiting: await loadWaiting(tx, ctx),
        told: await readTold(tx, ctx),
        saved: await readSaved(tx, ctx),
        notices: await readNotices(tx, ctx),
      }),
    )
    return show(
      c,
      <HomePage
        view={viewFor(c)}
        today={ctx.clock.today()}
        waiting={waiting}
        told={told}
        saved={saved}
        notices={notices}
        disputes={disputes}
        agreements={agreements}
        stays={stays}
        requests={requests}
      />,
    )
  })
}

/** One part for each kind of work that the roles give; null where they do not give it. */
interface Waiting {
  lister: ListerCounts | null
  buyer: BuyerCounts | null
  money: MoneyWaiting | null
  finance: FinanceCounts | null
  overview: KindCounts[] | null
  administrator: AdministratorCounts | null
}

/** A finance officer of an organisation that settles. */
function settles({ actor }: Context): boolean {
  return (actor as Member).organisation_kind !== 'region' && may(actor, 'settlement.close')
}

async function loadWaiting(tx: Tx, ctx: Context): Promise<Waiting> {
  const { actor, clock } = ctx
  const own = organisationOf(actor)
  const { organisation_kind, sees } = actor as Member
  const works = organisation_kind !== 'region'
  return {
    lister: works && may(actor, 'offer.manage') ? await countForLister(tx, own, clock.today()) : null,
    buyer: works && may(actor, 'referral.request') ? await countForBuyer(tx, own, clock.today()) : null,
    money: settles(ctx) ? await countMoneyWaiting(tx, own, personOf(actor), clock.today()) : null,
    finance: settles(ctx) ? await countForFinance(tx, own, clock.today()) : null,
    overview:
      may(actor, 'audit.read') && may(actor, 'placement.read') ? await countByKind(tx, sees, clock.today()) : null,
    administrator: may(actor, 'person.manage') ? await countForAdministrator(tx, own, clock.now().toISOString()) : null,
  }
}

function HomePage({
  view,
  today,
  waiting,
  told,
  saved,
  notices,
  disputes,
  agreements,
  stays,
  requests,
}: {
  view: View
  today: string
  waiting: Waiting
  told: { notices: ToldRow[]; count: number }
  saved: SavedSearchRow[]
  notices: NoticeRow[]
  disputes: ShownDispute[]
  agreements: AgreementsWaiting | null
  stays: StaysWaiting | null
  requests: RequestsWaiting
}) {
  const { t, format } = view
  const { lister, buyer, money, finance, overview, administrator } = waiting
  const nothing = Object.values(waiting).every((part) => part === null)
  return (
    <Layout
      view={view}
      title={t('home.title')}
      lead={t('home.today', { weekday: format.weekday(today), date: format.dateLong(today) })}
    >
      {money && <MoneyPart view={view} counts={money} />}
      <RequestsWaitingCards view={view} waiting={requests} />
      {buyer && <BuyerPart view={view} counts={buyer} />}
      {lister && <ListerPart view={view} counts={lister} />}
      <NoticeCards view={view} notices={notices} today={today} />
      <AgreementCards view={view} waiting={money && agreements ? { ...agreements, to_sign: 0 } : agreements} />
      <StayCards view={view} waiting={stays} />
      <DisputeCards view={view} waiting={disputes} today={today} />
      <ToldSection view={view} notices={told.notices} count={told.count} />
      <SavedSection view={view} searches={saved} />
      {finance && <FinancePart view={view} counts={finance} />}
      {overview && <OverviewPart view={view} kinds={overview} />}
      {administrator && <AdministratorPart view={view} counts={administrator} />}
      {nothing && (
        <Empty
          icon="home"
          title={t('home.nothing')}
          action={{ href: '/catalogue', text: t('home.first_place_action') }}
        >
          {t('home.nothing_text')}
        </Empty>
      )}
    </Layout>
  )
}

/** What asks to be done is marked; what is done is a quiet nought. */
const ifAny = (count: number) => (count > 0 ? { tone: 'attention' as const } : {})
const hintIf = (shown: boolean, hint: () => string) => (shown ? { hint: hint() } : {})

function ListerPart({ view, counts }: { view: View; counts: ListerCounts }) {
  const { t, format } = view
  const { to_answer, oldest_submitted_at, drafts, without_price } = counts
  return (
    <Section title={t('home.lister')}>
      {counts.offers === 0 ? (
        <Empty
          icon="catalogue"
          title={t('home.first_offer')}
          action={{ href: '/offers/new', text: t('home.first_offer_action') }}
        >
          {t('home.first_offer_text')}
        </Empty>
      ) : (
        <Stats>
          <Stat
            label={t('home.to_answer')}
            value={to_answer}
            href="/referrals?side=seller&status=submitted"
            {...ifAny(to_answer)}
            {...hintIf(oldest_submitted_at !== null, () =>
              t('home.to_answer_hint', { date: format.instant(oldest_submitted_at ?? '') }),
            )}
          />
          <Stat
            label={t('home.not_recorded')}
            value={counts.not_recorded}
            href="/deliveries"
            {...ifAny(counts.not_recorded)}
          />
          <Stat label={t('home.giving_ending')} value={counts.ending} href="/placements?side=seller" />
          <Stat
            label={t('home.without_price')}
            value={without_price}
            href="/catalogue?own=true"
            {...ifAny(without_price)}
            {...hintIf(drafts > 0, () => t('home.drafts_hint', { count: drafts }))}
          />
        </Stats>
      )}
    </Section>
  )
}

function BuyerPart({ view, counts }: { view: View; counts: BuyerCounts }) {
  const { t } = view
  const { accepted, declined, active } = counts
  const begins = counts.referrals === 0 && active === 0
  return (
    <Section
      title={t('home.buyer')}
      actions={
        !begins && (
          <LinkButton href="/catalogue" kind="primary" icon="search">
            {t('home.find_place')}
          </LinkButton>
        )
      }
    >
      {begins ? (
        <Empty
          icon="search"
          title={t('home.first_place')}
          action={{ href: '/catalogue', text: t('home.first_place_action') }}
        >
          {t('home.first_place_text')}
        </Empty>
      ) : (
        <Stats>
          <Stat
            label={t('home.own_drafts')}
            value={counts.drafts}
            href="/referrals?side=buyer&status=draft"
            {...ifAny(counts.drafts)}
          />
          <Stat label={t('home.waiting')} value={counts.waiting} href="/referrals?side=buyer&status=submitted" />
          <Stat
            label={t('home.answers')}
            value={accepted + declined}
            href="/referrals?side=buyer"
            {...hintIf(accepted + declined > 0, () => t('home.answers_hint', { accepted, declined }))}
          />
          <Stat
            label={t('home.buying_ending')}
            value={counts.ending}
            href="/placements?side=buyer"
            hint={t('home.buying_ending_hint', { active })}
            {...ifAny(counts.ending)}
          />
        </Stats>
      )}
    </Section>
  )
}

function FinancePart({ view, counts }: { view: View; counts: FinanceCounts }) {
  const { t, format } = view
  const { next_month, months_open, issued, received, late_changes } = counts
  return (
    <Section title={t('home.finance')}>
      <Stats>
        <Stat
          label={t('home.months_open')}
          value={months_open}
          href={next_month === null ? '/months' : `/months/${next_month}`}
          {...ifAny(months_open)}
          {...hintIf(next_month !== null, () => t('home.months_open_hint', { month: format.month(next_month ?? '') }))}
        />
        <Stat
          label={t('home.late_changes')}
          value={late_changes}
          href="/months"
          {...hintIf(late_changes > 0, () => t('home.late_changes_hint'))}
        />
        <Stat
          label={t('home.issued')}
          value={issued}
          href="/invoices?role=issued"
          {...hintIf(issued > 0, () => t('home.sum_hint', { amount: format.money(counts.issued_total) }))}
        />
        <Stat
          label={t('home.received')}
          value={received}
          href="/invoices?role=received"
          {...hintIf(received > 0, () => t('home.sum_hint', { amount: format.money(counts.received_total) }))}
        />
      </Stats>
    </Section>
  )
}

function OverviewPart({ view, kinds }: { view: View; kinds: KindCounts[] }) {
  const { t, language } = view
  const total = (figure: 'offers' | 'capacity' | 'free' | 'active') =>
    String(kinds.reduce((sum, kind) => sum + (kind[figure] ?? 0), 0))
  return (
    <Section title={t('home.overview')}>
      <Table
        caption={t('home.overview_caption')}
        captionHidden
        rows={kinds}
        empty={
          <Empty icon="catalogue" title={t('home.no_overview')}>
            {t('home.no_overview_text')}
          </Empty>
        }
        columns={[
          {
            header: t('home.kind'),
            names: true,
            cell: (kind) => (
              <a href={`/catalogue?kind_code=${kind.code}`}>{language === 'lv' ? kind.name_lv : kind.name_en}</a>
            ),
          },
          { header: t('home.offers'), numeric: true, cell: (kind) => kind.offers, total: total('offers') },
          { header: t('home.capacity'), numeric: true, cell: (kind) => kind.capacity ?? '–', total: total('capacity') },
          { header: t('home.free'), numeric: true, cell: (kind) => kind.free ?? '–', total: total('free') },
          { header: t('home.active'), numeric: true, cell: (kind) => kind.active, total: total('active') },
        ]}
      />
    </Section>
  )
}

function AdministratorPart({ view, counts }: { view: View; counts: AdministratorCounts }) {
  const { t } = view
  const { people, disabled, tokens, tokens_ending, members } = counts
  return (
    <Section title={t('home.administrator')}>
      {people + disabled < 2 && (
        <Empty icon="people" title={t('home.first_people')} action={{ href: '/people/new', text: t('person.add') }}>
          {t('home.first_people_text')}
        </Empty>
      )}
      <Stats>
        <Stat
          label={t('home.people')}
          value={people}
          href="/people"
          {...hintIf(disabled > 0, () => t('home.disabled_hint', { count: disabled }))}
        />
        <Stat
          label={t('home.tokens')}
          value={tokens}
          href="/tokens"
          {...ifAny(tokens_ending)}
          {...hintIf(tokens_ending > 0, () => t('home.tokens_ending_hint', { count: tokens_ending }))}
        />
        {view.can('organisation.add') && <Stat label={t('home.members')} value={members} href="/organisations" />}
      </Stats>
    </Section>
  )
}

/** Everything there is to know of one offer, and what its reader may do with it. */
import { MessagesLink } from '../messages/link.tsx'
import { Columns, Empty, Prose, Section } from '../ui/blocks.tsx'
import { Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { DescriptionList, Stat, Stats } from '../ui/figures.tsx'
import { OpenLayout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { type Column, Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { type StripCell, WeekStrip } from '../ui/week-strip.tsx'
import { byWeek, type DayVacancy, type WeekVacancy } from './capacity.ts'
import { accessibilityOptions, kindName, nameIn, withAlong } from './catalogue-page.tsx'
import { careLanguages, type DeliveryMode, type OfferStatus } from './offer.ts'
import { isValidOn, priceOn } from './price.ts'
import { priceClassName, rulesInWords, tiersInWords } from './rules-in-words.ts'
import { type CapacityRow, type NamedOffer, offerRulesOf, type PriceRow, type TargetGroupRow } from './store.ts'
import type { Trust } from './trust.ts'
import { TrustSection } from './trust-pages.tsx'

export interface OfferPageProps {
  view: View
  trust: Trust
  offer: NamedOffer
  prices: PriceRow[]
  capacities: CapacityRow[]
  days: DayVacancy[]
  /** until when a place is free today because somebody is away */
  freed: string | null
  /** how many wait in line */
  queued: number
  groups: TargetGroupRow[]
  kindGroups: string[]
  today: string
  /** the offer charges VAT and its seller has no number for it: its month could not be closed */
  vatNumberMissing: boolean
  /** why it may not be published: its provider, or `none`, has no number in the register; null where it may */
  unregistered: string | null
  /** the reader's own offer, which they may change */
  editable: boolean
  /** for whom and for which day a place was looked for in the catalogue */
  goesAlong: Record<string, string>
  /** `own` or `other`: what the reader's placements would be charged by */
  price_class: string
}

export function OfferPage(props: OfferPageProps) {
  const { view, offer, editable } = props
  const { t } = view
  return (
    <OpenLayout
      view={view}
      title={offer.title}
      active="/catalogue"
      breadcrumbs={[
        editable
          ? { href: '/catalogue?own=true', text: t('catalogue.own') }
          : { href: '/catalogue', text: t('catalogue.title') },
      ]}
      lead={`${kindName(view, offer)} · ${offer.seller_name}`}
      status={editable || offer.status !== 'published' ? <StatusBadge status={offer.status as OfferStatus} /> : null}
      actions={
        <>
          {editable && <ListerActions {...props} />}
          {view.can('referral.request') && <Refer {...props} />}
          {offer.status !== 'draft' && <OfferMessages view={view} offer={offer} />}
        </>
      }
    >
      {view.person === null && (
        <p class="hint">
          <a href={`/sign-in?next=${encodeURIComponent(`/offers/${offer.id}`)}`}>{t('offer.sign_in_to_refer')}</a>
        </p>
      )}
      {offer.status === 'draft' && <Notice kind="info">{t('offer.draft_notice')}</Notice>}
      {offer.continued_as_id !== null ? (
        <Notice kind="info">
          {t('merger.offer_continued')} <a href={`/offers/${offer.continued_as_id}`}>{t('merger.offer_now')}</a>
        </Notice>
      ) : (
        offer.status === 'withdrawn' && <Notice kind="warning">{t('offer.withdrawn_notice')}</Notice>
      )}
      {editable && props.unregistered !== null && offer.status !== 'withdrawn' && (
        <Notice kind="warning">
          {t('refusal.provider_not_registered', { provider: props.unregistered })}{' '}
          <a href={`/organisations/${offer.seller_id}`}>{t('provider.list')}</a>
        </Notice>
      )}
      {editable && props.vatNumberMissing && (
        <Notice kind="warning">
          {t('offer.vat_number_missing')} <a href={`/organisations/${offer.seller_id}`}>{offer.seller_name}</a>
        </Notice>
      )}
      <Columns main={<Main {...props} />} side={<Side {...props} />} />
      <Vacancy {...props} />
      <Prices {...props} />
    </OpenLayout>
  )
}

/** A buyer asks the seller; the seller sees who has asked. */
function OfferMessages({ view, offer }: Pick<OfferPageProps, 'view' | 'offer'>) {
  const own = view.organisation?.id === offer.seller_id
  if (own && view.unread?.has(offer.id) !== true) return null
  return (
    <MessagesLink view={view} type="offer" id={offer.id} between={{ seller_id: offer.seller_id, buyer_id: null }} />
  )
}

function ListerActions({ view, offer }: OfferPageProps) {
  const { t } = view
  return (
    <>
      <LinkButton href={`/offers/${offer.id}/edit`} icon="pencil">
        {t('action.edit')}
      </LinkButton>
      <LinkButton href={`/offers/${offer.id}/stay-rule`}>{t('stay.rule')}</LinkButton>
      <LinkButton href={`/queue/rules/${offer.id}`} icon="clock">
        {t('queue.rule')}
      </LinkButton>
      {offer.status === 'published' && <PostButton action={`/offers/${offer.id}/confirm`} label={t('offer.confirm')} />}
      {offer.status === 'published' ? (
        <Confirm action={`/offers/${offer.id}/withdraw`} label={t('offer.withdraw')}>
          {t('offer.withdraw_text')}
        </Confirm>
      ) : (
        <PostButton
          action={`/offers/${offer.id}/publish`}
          kind="primary"
          label={t(offer.status === 'draft' ? 'offer.publish' : 'offer.publish_again')}
        />
      )}
    </>
  )
}

/** What it costs the reader today, and what is free today. */
function Today({ view, offer, days, prices, price_class, today, capacities, queued }: OfferPageProps) {
  const { t, format } = view
  const price = priceOn(prices, price_class, today)
  const free = days[0]?.free ?? null
  const made_up = capacities.some((period) => period.made_up && isValidOn(period, today))
  const priced_from = firstAfter(today, pricesFor(prices, price_class))
  const places_from = capacities.some((period) => isValidOn(period, today)) ? null : firstAfter(today, capacities)
  return (
    <Stats>
      <Stat
        label={t('price.today')}
        value={
          price === null
            ? priced_from === null
              ? t('price.none')
              : t('price.from', { date: format.date(priced_from) })
            : format.pricePer(price.tiers?.[0]?.unit_price ?? price.unit_price, offer.unit)
        }
        {...(price === null ? { tone: 'attention' as const } : {})}
        hint={[price?.tiers ? t('price.tiered') : null, price?.made_up ? t('price.made_up_mark') : null]
          .filter(Boolean)
          .join(', ')}
      />
      <Stat
        label={`${t('capacity.free')}, ${format.date(today)}`}
        value={
          free === null
            ? t('capacity.unlimited')
            : free > 0
              ? String(free)
              : places_from === null
                ? t('capacity.full')
                : t('capacity.from', { date: format.date(places_from) })
        }
        {...(free !== null && { tone: free > 0 ? 'good' : places_from === null ? 'bad' : 'attention' })}
        hint={made_up ? t('capacity.made_up_mark') : queued > 0 ? t('queue.length', { count: queued }) : null}
      />
    </Stats>
  )
}

/** The versions that the reader's placements may be charged by. */
function pricesFor(prices: readonly PriceRow[], price_class: string): PriceRow[] {
  return prices.filter((price) => price.price_class === null || price.price_class === price_class)
}

/** The first day after `today` on which one of the periods begins. */
function firstAfter(today: string, periods: readonly { valid_from: string }[]): string | null {
  return (
    periods
      .map((period) => period.valid_from)
      .filter((date) => date > today)
      .sort()[0] ?? null
  )
}

function Main(props: OfferPageProps) {
  const { view, offer } = props
  const { t } = view
  return (
    <>
      <Today {...props} />
      {offer.description !== '' && (
        <Prose>
          {offer.description.split(/\n{2,}/).map((paragraph) => (
            <p>{paragraph}</p>
          ))}
        </Prose>
      )}
      <Section title={t('offer.rules')}>
        <Prose>
          <ul>
            {rulesInWords(view, offer.unit, offerRulesOf(offer)).map((rule) => (
              <li>{rule}</li>
            ))}
            {offer.in_turn && <li>{t('rule.in_turn')}</li>}
          </ul>
        </Prose>
      </Section>
    </>
  )
}

function Side(props: OfferPageProps) {
  const { view, offer, trust, editable } = props
  const { t } = view
  const groups = props.groups
    .filter((group) => (offer.target_groups.length > 0 ? offer.target_groups : props.kindGroups).includes(group.code))
    .map((group) => nameIn(view, group))
  const languages = careLanguages.filter((code) => offer.languages.includes(code)).map((code) => t(`language.${code}`))
  const fits = accessibilityOptions(view)
    .filter(({ value }) => offer.accessibility.includes(value))
    .map(({ label }) => String(label))
  return (
    <>
      <Section title={t('offer.facts')}>
        <DescriptionList
          items={[
            { term: t('offer.seller'), text: offer.seller_name },
            { term: t('offer.provider'), text: offer.provider_name },
            { term: t('offer.place'), text: [offer.address, offer.locality].filter(Boolean).join(', ') || null },
            { term: t('offer.delivery_mode'), text: t(`offer.mode.${offer.delivery_mode as DeliveryMode}`) },
            { term: t('offer.target_groups'), text: groups.join('; ') || null },
            { term: t('offer.languages'), text: languages.join(', ') },
            { term: t('offer.accessibility'), text: fits.join(', ') || null },
            { term: t('offer.confirmed'), text: view.format.date(lastConfirmed(offer)) },
          ]}
        />
      </Section>
      <TrustSection view={view} trust={trust} offer_id={offer.id} editable={editable} />
    </>
  )
}

/** The day on which the seller last changed the offer or said that it still holds. */
function lastConfirmed({ changed_at, confirmed_at }: NamedOffer): string {
  return (confirmed_at !== null && confirmed_at > changed_at ? confirmed_at : changed_at).slice(0, 10)
}

/** The buyer's way on, or why there is none. */
function Refer({ view, offer, prices, price_class, today, days, queued, goesAlong }: OfferPageProps) {
  const { t } = view
  const priced = pricesFor(prices, price_class).some((price) => price.valid_to === null || price.valid_to >= today)
  if (offer.status !== 'published') return <p class="hint">{t('offer.refer_not_published')}</p>
  if (!priced) return <p class="hint">{t('offer.refer_no_price')}</p>
  const free = days[0]?.free ?? null
  return (
    <>
      {free !== null && free <= 0 && <p class="hint">{t('offer.refer_full')}</p>}
      <LinkButton href={withAlong(`/referrals/new?offer=${offer.id}`, goesAlong)} kind="primary" icon="referrals">
        {t('offer.refer')}
      </LinkButton>
      {(queued > 0 || (free !== null && free <= 0)) && (
        <LinkButton href={withAlong(`/queue/new?offer=${offer.id}`, goesAlong)} icon="clock">
          {t('queue.join')}
        </LinkButton>
      )}
    </>
  )
}

function Prices({ view, offer, prices, editable, today }: OfferPageProps) {
  const { t, format } = view
  const columns: Column<PriceRow>[] = [
    { header: t('price.class'), names: true, cell: (price) => priceClassName(view, price.price_class) },
    {
      header: t('common.period'),
      cell: (price) => (
        <div>
          {format.period(price.valid_from, price.valid_to)}{' '}
          {isValidOn(price, today) && <StatusBadge status="in_force" />}
        </div>
      ),
    },
    {
      header: t('common.price'),
      cell: (price) => <VersionPrice view={view} offer={offer} price={price} />,
    },
    { header: t('price.decision'), cell: (price) => price.decision ?? '–' },
    ...(editable
      ? [
          {
            header: t('common.actions'),
            bare: true,
            cell: (price: PriceRow) => (
              <LinkButton href={`/prices/${price.id}/edit`} kind="quiet">
                {t('action.edit')}
                <span class="visually-hidden">
                  {' '}
                  {priceClassName(view, price.price_class)}, {format.period(price.valid_from, price.valid_to)}
                </span>
              </LinkButton>
            ),
          },
        ]
      : []),
  ]
  return (
    <Section
      title={t('price.prices')}
      lead={t('price.prices_hint')}
      actions={
        editable && (
          <LinkButton href={`/offers/${offer.id}/prices/new`} icon="plus">
            {t('price.add')}
          </LinkButton>
        )
      }
    >
      <Table
        caption={t('price.caption')}
        captionHidden
        rows={prices}
        columns={columns}
        empty={
          <Empty
            icon="invoices"
            title={t('price.none_title')}
            {...(editable ? { action: { href: `/offers/${offer.id}/prices/new`, text: t('price.add') } } : {})}
          >
            {t('price.none_text')}
          </Empty>
        }
      />
    </Section>
  )
}

function VersionPrice({ view, offer, price }: { view: View; offer: NamedOffer; price: PriceRow }) {
  const { t, format } = view
  const whole = format.pricePer(price.unit_price, offer.unit)
  return (
    <div>
      {price.tiers === null
        ? whole
        : [...tiersInWords(view, offer.unit, price.tiers), t('price.unit_price_tiers', { price: whole })].map(
            (line, index) => (
              <>
                {index > 0 && <br />}
                {line}
              </>
            ),
          )}
      {price.made_up && <span class="muted"> ({t('price.made_up_mark')})</span>}
    </div>
  )
}

function Vacancy({ view, offer, days, freed, editable }: OfferPageProps) {
  const { t, format } = view
  const limited = days.some((day) => day.capacity !== null)
  return (
    <Section
      title={t('capacity.free')}
      lead={limited ? `${t('capacity.strip_hint')} ${t('capacity.free_hint')}` : t('capacity.unlimited_text')}
      actions={
        <>
          <LinkButton href={`/offers/${offer.id}/calendar`} icon="months">
            {t('vacancy.calendar')}
          </LinkButton>
          {editable && <LinkButton href={`/offers/${offer.id}/capacity`}>{t('capacity.set')}</LinkButton>}
          {editable && <LinkButton href={`/offers/${offer.id}/parts`}>{t('vacancy.sharing')}</LinkButton>}
        </>
      }
    >
      {limited && freed !== null && (
        <Notice kind="info">{t('capacity.freed_until', { date: format.date(freed) })}</Notice>
      )}
      {limited && <WeekStrip label={t('capacity.strip')} cells={byWeek(days).map((week) => cellOf(view, week))} />}
    </Section>
  )
}

function cellOf({ t }: View, week: WeekVacancy): StripCell {
  const free = week.free ?? 0
  return {
    label: weekLabel(t, week.from),
    value: week.free === null ? '∞' : String(Math.max(0, free)),
    hint: t('capacity.week_of', { taken: week.taken, capacity: week.capacity ?? '∞' }),
    tone: free > 0 ? 'good' : free === 0 ? 'attention' : 'bad',
  }
}

/** The week's first day, as short as it can be said. */
function weekLabel(t: View['t'], date: string): string {
  const [, month = '', day = ''] = date.split('-')
  return t('capacity.week_from', { day, month, month_name: t(`month.short.${Number(month)}` as 'month.short.1') })
}

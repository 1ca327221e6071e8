/** Offers side by side, with what a stay would really cost. */
import { addMonths, firstDay, isPlainDate, monthOf, type PlainDate } from '../calendar.ts'
import { kindName } from '../catalogue/catalogue-page.tsx'
import { type App, type C, requires } from '../http/app.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import { isId } from '../ids.ts'
import { centsOf, moneyOf } from '../money.ts'
import { sourceName } from '../placements/funding-words.ts'
import { assembleTerms, errorsAtFields, FundingFields, termsKinds } from '../placements/terms-fields.tsx'
import { weekdaysTyped } from '../placements/weekdays.ts'
import { WeekdaysField } from '../placements/weekdays-section.tsx'
import { Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { DateField, DecimalField } from '../ui/field.tsx'
import { Money } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { type ComparedOffer, compareOffers } from './commands.ts'
import { ComparisonInput, type Cost, mostOffers } from './comparison.ts'

const path = '/catalogue/compare'
const kinds: Record<string, FieldKind> = {
  ...termsKinds,
  valid_from: 'date',
  valid_to: 'date',
  units_per_month: 'decimal',
  weekdays: 'list',
}

export function comparisonPages(app: App): void {
  app.get(path, requires('catalogue.read'), async (c) => {
    const offer_ids = [...new Set((c.req.queries('offer') ?? []).filter(isId))].slice(0, mostOffers)
    const { from } = c.req.query()
    const next = firstDay(addMonths(monthOf(c.get('ctx').clock.today() as PlainDate), 1))
    const valid_from = isPlainDate(from) ? from : next
    const asked = ComparisonInput.safeParse({ offer_ids, valid_from })
    const state = { ...emptyForm, values: { valid_from } }
    // An address may be old: what it names and is no longer offered is left out.
    const offers = asked.success ? await compareOffers(c.get('ctx'), asked.data, 'pass over') : []
    return page(
      c,
      offers.map(({ id }) => id),
      state,
      offers,
    )
  })
  app.post(path, requires('catalogue.read'), (c) =>
    answerForm(c, {
      schema: ComparisonInput,
      kinds,
      assemble: (values) => ({
        offer_ids: idsOf(values.offer_ids),
        valid_from: values.valid_from,
        valid_to: values.valid_to ?? null,
        units_per_month: values.units_per_month ?? null,
        weekdays: weekdaysTyped(values.weekdays),
        funding: assembleTerms(values).funding,
      }),
      act: async (input, ctx) => {
        const offers = await compareOffers(ctx, input)
        const typed = (await c.req.parseBody({ all: true })) as Record<string, string | string[]>
        return page(c, input.offer_ids, { ...emptyForm, values: typed }, offers)
      },
      page: (state) => (
        <ComparePage view={viewFor(c)} ids={idsOf(state.values.offer_ids)} state={errorsAtFields(state)} offers={[]} />
      ),
    }),
  )
}

const idsOf = (joined: unknown): string[] =>
  typeof joined === 'string' ? joined.split(',').filter((id) => id !== '') : []

function page(c: C, ids: string[], state: FormState, offers: ComparedOffer[]): Promise<Response> {
  return Promise.resolve(show(c, <ComparePage view={viewFor(c)} ids={ids} state={state} offers={offers} />))
}

function ComparePage(props: { view: View; ids: string[]; state: FormState; offers: ComparedOffer[] }) {
  const { view, ids, state, offers } = props
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('comparison.title')}
      lead={t('comparison.lead')}
      active="/catalogue"
      breadcrumbs={[{ href: '/catalogue', text: t('nav.catalogue') }]}
      wide
    >
      {ids.length === 0 ? (
        <Empty
          icon="catalogue"
          title={t('comparison.none')}
          action={{ href: '/catalogue', text: t('comparison.to_catalogue') }}
        >
          {t('comparison.none_text')}
        </Empty>
      ) : (
        <>
          <Form action={path} state={state} fields={{ offer_ids: ids.join(',') }}>
            <FieldRow>
              <DateField name="valid_from" label={t('comparison.from')} />
              <DateField name="valid_to" label={t('comparison.to')} hint={t('comparison.year_at_most')} optional />
              <DecimalField
                name="units_per_month"
                label={t('comparison.units_per_month')}
                hint={t('comparison.units_hint')}
                optional
              />
            </FieldRow>
            <More label={t('weekdays.title')} open={weekdaysOf(state).length > 0}>
              <WeekdaysField hint={t('comparison.weekdays_hint')} />
            </More>
            <More
              label={t('comparison.who_else')}
              open={Object.keys(state.values).some((name) => isGivenSource(name, state))}
            >
              <FundingFields values={state.values} />
            </More>
            <Actions>
              <Button>{t('comparison.count')}</Button>
            </Actions>
          </Form>
          {offers.length > 0 && <Compared view={view} offers={offers} weekdays={weekdaysOf(state)} />}
          {offers.length > 1 && view.can('referral.request') && (
            <Actions>
              <LinkButton
                href={`/requests/new?${ids.map((id) => `offer=${id}`).join('&')}&from=${state.values.valid_from}${onDays(weekdaysOf(state))}`}
                kind="primary"
                icon="referrals"
              >
                {t('request.choose')}
              </LinkButton>
            </Actions>
          )}
        </>
      )}
    </Layout>
  )
}

const weekdaysOf = ({ values }: FormState): string[] => [values.weekdays ?? []].flat().filter((day) => day !== '')
const onDays = (weekdays: readonly string[]) => (weekdays.length === 0 ? '' : `&weekdays=${weekdays.join(',')}`)

function isGivenSource(name: string, { values }: FormState): boolean {
  return /^funding\.\d+\.(source|amount)$/.test(name) && values[name] !== ''
}

function Compared({ view, offers, weekdays }: { view: View; offers: ComparedOffer[]; weekdays: string[] }) {
  const { t, format } = view
  const [{ from, to }] = offers as [ComparedOffer]
  const least = offers.length > 1 ? cheapest(offers) : null
  return (
    <>
      <Table
        caption={t('comparison.caption', { from: format.date(from), to: format.date(to) })}
        rows={offers}
        columns={[
          {
            header: t('offer.offer'),
            names: true,
            cell: (offer) => (
              <TwoLines under={`${offer.seller_name}, ${kindName(view, offer)}`}>
                <a href={`/offers/${offer.id}`}>{offer.title}</a>
              </TwoLines>
            ),
          },
          { header: t('capacity.free'), cell: (offer) => <Free view={view} offer={offer} /> },
          {
            header: t('comparison.whole_month'),
            cell: (offer) => (offer.whole_month === null ? t('comparison.no_whole_month') : monthOfOffer(view, offer)),
          },
          {
            header: t('comparison.price'),
            numeric: true,
            cell: ({ whole_month }) => (whole_month === null ? '–' : <Money amount={whole_month.cost.gross} />),
          },
          {
            header: t('comparison.own_month'),
            numeric: true,
            cell: ({ whole_month }) =>
              whole_month === null ? '–' : <Money amount={whole_month.cost.own_burden} strong />,
          },
          {
            header: t('comparison.own_total'),
            numeric: true,
            cell: (offer) => (
              <TwoLines under={offer.id === least && <Badge tone="good">{t('comparison.least')}</Badge>}>
                <Money amount={offer.total.own_burden} strong />
              </TwoLines>
            ),
          },
        ]}
      />
      {offers.map((offer) => (
        <Section title={t('comparison.details', { title: offer.title })}>
          {offer.without_price !== null && (
            <Notice kind="warning">
              {t('comparison.without_price', { quantity: format.quantityOf(offer.without_price, offer.unit) })}
            </Notice>
          )}
          <Table
            id={`parts-${offer.id}`}
            caption={t('comparison.details', { title: offer.title })}
            captionHidden
            rows={partsOf(view, offer)}
            columns={[
              { header: t('comparison.part'), names: true, cell: ({ name }) => name },
              ...(offer.whole_month === null
                ? []
                : [
                    {
                      header: t('comparison.for_month'),
                      numeric: true,
                      cell: ({ month }: Part) => <Money amount={month} />,
                    },
                  ]),
              {
                header: t('comparison.for_all', { to: format.date(to) }),
                numeric: true,
                cell: ({ all }) => <Money amount={all} />,
              },
            ]}
          />
          {view.can('referral.request') && (
            <Actions>
              <LinkButton href={`/referrals/new?offer=${offer.id}&from=${from}${onDays(weekdays)}`} icon="referrals">
                {t('comparison.refer')}
              </LinkButton>
            </Actions>
          )}
        </Section>
      ))}
    </>
  )
}

function monthOfOffer({ t, format }: View, { whole_month, unit }: ComparedOffer) {
  const { month, quantity } = whole_month!
  return t('comparison.month_of', { month: format.monthShort(month), quantity: format.quantityOf(quantity, unit) })
}

function Free({ view, offer }: { view: View; offer: ComparedOffer }) {
  const { t } = view
  const alternative = offer.institution_alternative && t('comparison.alternative')
  const free = offer.capacity === null ? null : Math.max(0, offer.capacity - offer.taken)
  return (
    <TwoLines under={alternative}>
      {free === null ? (
        <span class="muted">{t('capacity.unlimited')}</span>
      ) : (
        <Badge tone={free > 0 ? 'good' : 'bad'}>
          {free > 0 ? t('common.free_places', { count: free }) : t('capacity.full')}
        </Badge>
      )}
    </TwoLines>
  )
}

/** The offer with the least own burden in all; none where a price is missing somewhere, for then the sums are of different things. */
function cheapest(offers: readonly ComparedOffer[]): string | null {
  if (offers.some(({ without_price }) => without_price !== null)) return null
  const inOrder = offers.toSorted((a, b) => (centsOf(a.total.own_burden) < centsOf(b.total.own_burden) ? -1 : 1))
  return inOrder[0]!.id
}

type Part = { name: string; month: string; all: string }

/** From the price to what stays with the municipality, a line for each who pays. */
function partsOf(view: View, { whole_month, total }: ComparedOffer): Part[] {
  const { t } = view
  const month = whole_month?.cost ?? null
  const line = (name: string, of: (cost: Cost) => string): Part => ({
    name,
    month: month === null ? '0.00' : of(month),
    all: of(total),
  })
  const less = (amount: string) => moneyOf(-centsOf(amount))
  const shares = (collected_by: 'seller' | 'buyer') =>
    total.shares
      .filter((share) => share.collected_by === collected_by)
      .map(({ source }) =>
        line(
          `${sourceName(source, view)} (${t(collected_by === 'seller' ? 'comparison.co_payments' : 'comparison.back')})`,
          (cost) =>
            less(
              cost.shares.find((share) => share.source === source && share.collected_by === collected_by)?.amount ??
                '0.00',
            ),
        ),
      )
  return [
    line(t('comparison.price'), (cost) => cost.gross),
    ...shares('seller'),
    line(t('comparison.invoice'), (cost) => cost.buyer_amount),
    ...shares('buyer'),
    line(t('comparison.own_total'), (cost) => cost.own_burden),
  ]
}

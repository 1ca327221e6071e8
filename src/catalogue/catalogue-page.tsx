/** The catalogue: what a social worker looks for, what there is, and our own offers. */

import { Empty, More } from '../ui/blocks.tsx'
import { ChooseRows, LinkButton, RowChoice } from '../ui/button.tsx'
import { CheckboxField, DateField, type Option, SelectField, TextField } from '../ui/field.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge, StatusBadge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { careLanguages, type DeliveryMode, deliveryModes, type OfferStatus } from './offer.ts'
import type { Tier } from './price.ts'
import type { KindRow, ListedOffer, TargetGroupRow } from './store.ts'

/** What the filter was filled in with, as typed. */
export type CatalogueFilter = Record<
  'q' | 'kind_code' | 'target_group' | 'seller_id' | 'delivery_mode' | 'language' | 'on' | 'priced',
  string
>

export interface CatalogueChoices {
  kinds: KindRow[]
  groups: TargetGroupRow[]
  sellers: { id: string; name: string }[]
}

export function CataloguePage(props: {
  view: View
  filter: CatalogueFilter
  choices: CatalogueChoices
  offers: ListedOffer[]
  /** the date that prices and places are of */
  on: string
  own: boolean
  next: string | null
  first: string | null
}) {
  const { view, own, offers, on } = props
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t(own ? 'catalogue.own_title' : 'catalogue.title')}
      lead={t(own ? 'catalogue.own_lead' : 'catalogue.lead')}
      active="/catalogue"
      wide
      actions={
        view.can('offer.manage') && (
          <LinkButton href="/offers/new" icon="plus" kind={own ? 'primary' : 'secondary'}>
            {t('offer.new')}
          </LinkButton>
        )
      }
    >
      <CatalogueTabs view={view} current={own ? 'own' : 'all'} />
      {!own && <Filter {...props} />}
      <Table
        id="offers"
        caption={own ? t('catalogue.caption') : t('catalogue.order', { date: format.date(on) })}
        captionHidden={own}
        rows={offers}
        empty={<Nothing {...props} />}
        columns={[
          {
            header: t('offer.offer'),
            names: true,
            cell: (offer) => (
              <TwoLines under={kindName(view, offer)}>
                <a href={`/offers/${offer.id}`}>{offer.title}</a>
              </TwoLines>
            ),
          },
          own
            ? { header: t('offer.place'), cell: (offer) => placeName(view, offer) }
            : {
                header: t('offer.seller'),
                cell: (offer) => <TwoLines under={placeName(view, offer)}>{offer.seller_name}</TwoLines>,
              },
          ...(own
            ? [
                {
                  header: t('common.status'),
                  cell: (offer: ListedOffer) => <StatusBadge status={offer.status as OfferStatus} />,
                },
              ]
            : []),
          {
            header: t('price.today'),
            numeric: true,
            cell: (offer) => (
              <PriceText
                view={view}
                unit={offer.unit}
                price={
                  offer.unit_price === null
                    ? null
                    : { ...offer, unit_price: offer.unit_price, tiers: offer.price_tiers }
                }
                made_up={offer.price_made_up}
                from={offer.price_from}
              />
            ),
          },
          {
            header: t('capacity.free'),
            cell: (offer) => (
              <FreePlaces view={view} places={offer} made_up={offer.capacity_made_up} from={offer.capacity_from} />
            ),
          },
          ...(own
            ? []
            : [
                {
                  header: t('comparison.column'),
                  cell: (offer: ListedOffer) => (
                    <RowChoice
                      form="compare"
                      name="offer"
                      value={offer.id}
                      label={t('comparison.choose_one', { title: offer.title })}
                    />
                  ),
                },
              ]),
        ]}
      />
      {!own && offers.length > 1 && (
        <ChooseRows id="compare" action="/catalogue/compare" label={t('comparison.choose')} />
      )}
      <Pagination first={props.first} next={props.next} />
    </Layout>
  )
}

/** The catalogue's three views. */
export function CatalogueTabs({ view, current }: { view: View; current: 'all' | 'own' | 'kinds' }) {
  const { t } = view
  return (
    <Tabs
      label={t('catalogue.views')}
      tabs={[
        { href: '/catalogue', text: t('catalogue.all'), current: current === 'all' },
        ...(view.can('offer.manage')
          ? [{ href: '/catalogue?own=true', text: t('catalogue.own'), current: current === 'own' }]
          : []),
        { href: '/service-kinds', text: t('kind.list'), current: current === 'kinds' },
      ]}
    />
  )
}

function Filter({ view, filter, choices }: { view: View; filter: CatalogueFilter; choices: CatalogueChoices }) {
  const { t } = view
  const more = filter.target_group + filter.delivery_mode + filter.language + filter.priced !== ''
  return (
    <FilterForm action="/catalogue" values={filter}>
      <TextField name="q" label={t('catalogue.words')} type="search" width="medium" maxlength={200} />
      <SelectField name="kind_code" label={t('catalogue.kind')} options={kindOptions(view, choices.kinds)} />
      <SelectField
        name="seller_id"
        label={t('catalogue.seller')}
        options={choices.sellers.map((seller) => ({ value: seller.id, label: seller.name }))}
      />
      <DateField name="on" label={t('catalogue.free_on')} />
      <More label={t('catalogue.more_filters')} open={more}>
        <SelectField
          name="target_group"
          label={t('catalogue.target_group')}
          options={groupOptions(view, choices.groups)}
        />
        <SelectField name="delivery_mode" label={t('catalogue.delivery_mode')} options={modeOptions(view)} />
        <SelectField
          name="language"
          label={t('catalogue.language')}
          options={careLanguages.map((code) => ({ value: code, label: t(`language.${code}`) }))}
        />
        <CheckboxField name="priced" label={t('catalogue.priced')} />
      </More>
    </FilterForm>
  )
}

function Nothing({ view, filter, own }: { view: View; filter: CatalogueFilter; own: boolean }) {
  const { t } = view
  if (own) {
    return (
      <Empty icon="catalogue" title={t('catalogue.nothing_own')} action={{ href: '/offers/new', text: t('offer.new') }}>
        {t('catalogue.nothing_own_text')}
      </Empty>
    )
  }
  if (Object.values(filter).every((value) => value === '')) {
    return (
      <Empty icon="catalogue" title={t('catalogue.nothing_yet')}>
        {t('catalogue.nothing_yet_text')}
      </Empty>
    )
  }
  return (
    <Empty icon="search" title={t('catalogue.nothing')} action={{ href: '/catalogue', text: t('catalogue.clear') }}>
      {t('catalogue.nothing_text')}
    </Empty>
  )
}

/** A price as a reader needs it: what the first unit costs, and whether it is made up. */
export function PriceText({
  view,
  unit,
  price,
  made_up,
  from,
}: {
  view: View
  unit: string
  price: { unit_price: string; tiers: Tier[] | null } | null
  made_up: boolean
  /** the first later day with a price */
  from: string | null
}) {
  const { t, format } = view
  if (price === null) {
    return (
      <Badge tone="attention">{from === null ? t('price.none') : t('price.from', { date: format.date(from) })}</Badge>
    )
  }
  const first = price.tiers?.[0]
  const marks = [first ? t('price.tiered') : null, made_up ? t('price.made_up_mark') : null].filter(Boolean)
  return (
    <TwoLines under={marks.join(', ')}>
      <span class="figure">{format.pricePer(first?.unit_price ?? price.unit_price, unit)}</span>
    </TwoLines>
  )
}

export function FreePlaces({
  view,
  places,
  made_up,
  from,
}: {
  view: View
  places: { free: number | null }
  made_up: boolean
  /** the first later day with any place */
  from: string | null
}) {
  const { t, format } = view
  const { free } = places
  if (free === null) return <span class="muted">{t('capacity.unlimited')}</span>
  if (from !== null && free <= 0) {
    return <Badge tone="attention">{t('capacity.from', { date: format.date(from) })}</Badge>
  }
  return (
    <TwoLines under={made_up && t('capacity.made_up_mark')}>
      <Badge tone={free > 0 ? 'good' : 'bad'}>
        {free > 0 ? t('common.free_places', { count: free }) : t('capacity.full')}
      </Badge>
    </TwoLines>
  )
}

/** Where it is given: a place, or how it comes to the client. */
function placeName({ t }: View, offer: ListedOffer): string {
  return offer.locality ?? t(`offer.mode.${offer.delivery_mode as DeliveryMode}`)
}

export function kindName({ language }: View, offer: { kind_name_lv: string; kind_name_en: string }): string {
  return language === 'lv' ? offer.kind_name_lv : offer.kind_name_en
}

/** Names of reference data in the reader's language. */
export function nameIn({ language }: View, row: { name_lv: string; name_en: string }): string {
  return language === 'lv' ? row.name_lv : row.name_en
}

export function kindOptions(view: View, kinds: readonly KindRow[]): Option[] {
  return kinds
    .map((kind) => ({ value: kind.code, label: nameIn(view, kind) }))
    .sort((a, b) => view.format.compare(a.label, b.label))
}

export function groupOptions(view: View, groups: readonly TargetGroupRow[]): Option[] {
  return groups
    .map((group) => ({ value: group.code, label: nameIn(view, group) }))
    .sort((a, b) => view.format.compare(a.label, b.label))
}

export function modeOptions({ t }: View): Option[] {
  return deliveryModes.map((mode) => ({ value: mode, label: t(`offer.mode.${mode}`) }))
}

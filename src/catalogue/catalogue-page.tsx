/** The catalogue: what a social worker looks for, what there is, and our own offers. */

import { Empty, More, Section } from '../ui/blocks.tsx'
import { ChooseRows, LinkButton, RowChoice } from '../ui/button.tsx'
import { CheckboxField, DateField, type Option, SelectField, TextField } from '../ui/field.tsx'
import { FilterForm } from '../ui/form.tsx'
import { OpenLayout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { PlaceMap } from '../ui/place-map.tsx'
import { Badge, StatusBadge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import {
  accessibilities,
  careLanguages,
  type DeliveryMode,
  deliveryModes,
  type OfferStatus,
  ownerTypes,
} from './offer.ts'
import type { Tier } from './price.ts'
import { SaveSearch } from './saved-search-pages.tsx'
import type { FacetName, Facets } from './shelf.ts'
import type { KindRow, ListedOffer, PlaceOfOffers, TargetGroupRow } from './store.ts'

/** What the filter was filled in with, as typed. */
export type CatalogueFilter = Record<
  | 'q'
  | 'kind_code'
  | 'target_group'
  | 'seller_id'
  | 'delivery_mode'
  | 'language'
  | 'accessibility'
  | 'owner_type'
  | 'near'
  | 'within'
  | 'on'
  | 'priced',
  string
>

export interface CatalogueChoices {
  kinds: KindRow[]
  groups: TargetGroupRow[]
  sellers: { id: string; name: string }[]
  localities: { name: string; latitude: string; longitude: string }[]
  /** null in the own list, which is not narrowed */
  facets: Facets | null
}

export function CataloguePage(props: {
  view: View
  filter: CatalogueFilter
  choices: CatalogueChoices
  offers: ListedOffer[]
  /** the date that prices and places are of */
  on: string
  own: boolean
  /** where the found offers are; null where the list is shown without the map */
  places: PlaceOfOffers[] | null
  /** what the reader came with and takes along to the referral: for whom, for which day */
  goesAlong: Record<string, string>
  /** the reader has narrowed the list; their own town alone does not */
  narrowed: boolean
  next: string | null
  first: string | null
}) {
  const { view, own, offers, on } = props
  const { t, format } = view
  return (
    <OpenLayout
      view={view}
      title={t(own ? 'catalogue.own_title' : 'catalogue.title')}
      lead={t(own ? 'catalogue.own_lead' : 'catalogue.lead')}
      active="/catalogue"
      wide
      actions={
        view.can('offer.manage') && (
          <>
            {own && (
              <LinkButton href="/catalogue/import" kind="quiet">
                {t('import.title')}
              </LinkButton>
            )}
            <LinkButton href="/offers/new" icon="plus" kind={own ? 'primary' : 'secondary'}>
              {t('offer.new')}
            </LinkButton>
          </>
        )
      }
    >
      <CatalogueTabs view={view} current={own ? 'own' : props.places === null ? 'all' : 'map'} />
      {!own && <Filter {...props} />}
      {!own && props.filter.near !== '' && placeNear(props.filter, props.choices) === undefined && (
        <Notice kind="warning">{t('catalogue.near_unknown', { near: props.filter.near })}</Notice>
      )}
      {!own && <SaveSearch view={view} filter={props.filter} narrowed={props.narrowed} />}
      {props.places !== null && <OfferMap {...props} places={props.places} />}
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
                <a href={withAlong(`/offers/${offer.id}`, props.goesAlong)}>{offer.title}</a>{' '}
                {offer.stale && <Badge tone="quiet">{t('offer.stale')}</Badge>}
              </TwoLines>
            ),
          },
          own
            ? { header: t('offer.place'), cell: (offer) => placeName(view, offer) }
            : {
                header: t('offer.seller'),
                cell: (offer) => <TwoLines under={whereItIs(view, offer)}>{offer.seller_name}</TwoLines>,
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
          ...(own || view.person === null
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
      {!own && view.person !== null && offers.length > 1 && (
        <ChooseRows
          id="compare"
          action="/catalogue/compare"
          label={t('comparison.choose')}
          also={view.can('referral.request') && { action: '/requests/new', label: t('request.choose') }}
          fields={props.goesAlong}
        />
      )}
      <Pagination first={props.first} next={props.next} />
    </OpenLayout>
  )
}

/** An address with what goes along. */
export function withAlong(address: string, goesAlong: Record<string, string>): string {
  const along = new URLSearchParams(goesAlong).toString()
  if (along === '') return address
  return `${address}${address.includes('?') ? '&' : '?'}${along}`
}

/** The catalogue's views. */
export function CatalogueTabs({ view, current }: { view: View; current: 'all' | 'map' | 'own' | 'kinds' }) {
  const { t } = view
  return (
    <Tabs
      label={t('catalogue.views')}
      tabs={[
        { href: '/catalogue', text: t('catalogue.all'), current: current === 'all' },
        { href: '/catalogue?view=map', text: t('catalogue.map'), current: current === 'map' },
        ...(view.can('offer.manage')
          ? [{ href: '/catalogue?own=true', text: t('catalogue.own'), current: current === 'own' }]
          : []),
        ...(view.person === null
          ? []
          : [{ href: '/service-kinds', text: t('kind.list'), current: current === 'kinds' }]),
      ]}
    />
  )
}

function Filter({ view, filter, choices, places, goesAlong }: Parameters<typeof CataloguePage>[0]) {
  const { t } = view
  const { facets } = choices
  const { seller_id, target_group, delivery_mode, language, accessibility, owner_type, within, priced } = filter
  const more = seller_id + target_group + delivery_mode + language + accessibility + owner_type + within + priced !== ''
  /** Choices with how many offers each would leave; what would leave none is left out, but for what is chosen. */
  const counted = (name: FacetName, options: Option[]): Option[] =>
    options.flatMap((option) => {
      const count = facets?.[name].get(option.value) ?? 0
      if (count === 0 && filter[name] !== option.value) return []
      return [{ ...option, label: t('catalogue.counted', { name: String(option.label), count }) }]
    })
  return (
    <FilterForm action={places === null ? '/catalogue' : '/catalogue?view=map'} values={filter}>
      {places !== null && <input type="hidden" name="view" value="map" />}
      {goesAlong.resident && <input type="hidden" name="resident" value={goesAlong.resident} />}
      <TextField name="q" label={t('catalogue.words')} type="search" width="medium" maxlength={200} />
      <SelectField
        name="kind_code"
        label={t('catalogue.kind')}
        options={counted('kind_code', kindOptions(view, choices.kinds))}
      />
      <TextField
        name="near"
        label={t('catalogue.near')}
        width="medium"
        maxlength={100}
        suggestions={choices.localities.map(({ name }) => name)}
      />
      <DateField name="on" label={t('catalogue.free_on')} />
      <More label={t('catalogue.more_filters')} open={more}>
        <SelectField
          name="within"
          label={t('catalogue.within')}
          options={[15, 30, 60, 100].map((km) => ({ value: String(km), label: t('catalogue.kilometres', { km }) }))}
        />
        <SelectField
          name="seller_id"
          label={t('catalogue.seller')}
          options={counted(
            'seller_id',
            choices.sellers.map((seller) => ({ value: seller.id, label: seller.name })),
          )}
        />
        <SelectField
          name="target_group"
          label={t('catalogue.target_group')}
          options={counted('target_group', groupOptions(view, choices.groups))}
        />
        <SelectField
          name="delivery_mode"
          label={t('catalogue.delivery_mode')}
          options={counted('delivery_mode', modeOptions(view))}
        />
        <SelectField
          name="language"
          label={t('catalogue.language')}
          options={counted(
            'language',
            careLanguages.map((code) => ({ value: code, label: t(`language.${code}`) })),
          )}
        />
        <SelectField
          name="accessibility"
          label={t('catalogue.accessibility')}
          options={counted('accessibility', accessibilityOptions(view))}
        />
        <SelectField
          name="owner_type"
          label={t('catalogue.owner_type')}
          options={counted(
            'owner_type',
            ownerTypes.map((type) => ({ value: type, label: t(`provider.owner_type.${type}`) })),
          )}
        />
        <CheckboxField name="priced" label={t('catalogue.priced')} />
      </More>
    </FilterForm>
  )
}

export function accessibilityOptions({ t }: View): Option[] {
  return accessibilities.map((code) => ({ value: code, label: t(`accessibility.${code}`) }))
}

function OfferMap({
  view,
  filter,
  choices,
  places,
}: Parameters<typeof CataloguePage>[0] & { places: NonNullable<Parameters<typeof CataloguePage>[0]['places']> }) {
  const { t } = view
  const known = places.flatMap(({ name, latitude, longitude, offers, free }) =>
    name === null
      ? []
      : [
          {
            name,
            latitude: Number(latitude),
            longitude: Number(longitude),
            count: offers,
            strong: free > 0,
            href: `/catalogue?${new URLSearchParams({ ...given(filter), q: [filter.q, name].filter(Boolean).join(' ') })}`,
            free,
          },
        ],
  )
  const elsewhere = places.filter(({ name }) => name === null).reduce((sum, { offers }) => sum + offers, 0)
  const home = placeNear(filter, choices)
  return (
    <Section title={t('catalogue.map')}>
      {elsewhere > 0 && <p class="hint">{t('catalogue.map_elsewhere', { count: elsewhere })}</p>}
      <PlaceMap
        id="offers-map"
        title={t('catalogue.map_title')}
        description={t('catalogue.map_description')}
        places={known}
        home={home && { name: home.name, latitude: Number(home.latitude), longitude: Number(home.longitude) }}
        headings={{ place: t('offer.place'), count: t('catalogue.caption') }}
        label={(place) =>
          t('catalogue.map_place', {
            name: place.name,
            count: place.count,
            free: (place as (typeof known)[number]).free,
          })
        }
      />
    </Section>
  )
}

/** The place that distances are counted from; undefined where none was given or the list does not know it. */
function placeNear({ near }: CatalogueFilter, { localities }: CatalogueChoices) {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase()
  return localities.find(({ name }) => plain(name) === plain(near))
}

function given(filter: CatalogueFilter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''))
}

function Nothing({ view, narrowed, own }: { view: View; narrowed: boolean; own: boolean }) {
  const { t } = view
  if (own) {
    return (
      <Empty icon="catalogue" title={t('catalogue.nothing_own')} action={{ href: '/offers/new', text: t('offer.new') }}>
        {t('catalogue.nothing_own_text')}
      </Empty>
    )
  }
  if (!narrowed) {
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

/** Where it is, and how far from home; what comes to the client has no way. */
function whereItIs(view: View, offer: ListedOffer): string {
  const place = placeName(view, offer)
  if (offer.distance === null || offer.delivery_mode !== 'on_site') return place
  return view.t('catalogue.away', { place, km: offer.distance })
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

import { defineTexts } from '../ui/define-texts.ts'

/** Steps stand one to a line. What is quoted is called as on the pages (`quoted`), figures come from `figures`. */
export const guideTexts = defineTexts(
  {
    'guide.title': 'Pamācība',
    'guide.lead': 'Kas kuram jādara, soli pa solim. Katrs darbs ved uz lapu, kurā to dara.',
    'guide.parts': 'Pamācības daļas',
    'guide.tasks': 'Darbi',
    'guide.rules': 'Kā aprēķina',
    'guide.rules_lead':
      'Visi noteikumi, pēc kuriem mēneša slēgšana nosaka, kurš kuram cik maksā. Pēc tiem pašiem noteikumiem rēķina priekšskatījumu, salīdzinājumu un skaidrojumu pie katras rēķina rindas.',
    'guide.rounding':
      'Noapaļo līdz centiem (puscentu uz augšu), un katru rindu tikai vienu reizi. Līdz tam rēķina precīzi.',
    'guide.words': 'Vārdi',
    'guide.words_lead': 'Ko kurš vārds šeit nozīmē.',
    'guide.open': 'Atvērt: {place}',
    'guide.example': 'Piemērs',

    'guide.buying': 'Sociālajam darbiniekam, kurš meklē vietu',
    'guide.find': 'Atrast vietu un uzzināt, cik tā maksās',
    'guide.find_steps':
      'Atveriet „{catalogue}” un ar saviem vārdiem uzrakstiet, kas vajadzīgs, piemēram, „demence” vai „ratiņkrēsls”. Garumzīmes un kļūdas netraucē.\nNorādiet iedzīvotāja dzīvesvietu un dienu, no kuras vieta vajadzīga: vispirms būs tuvākie piedāvājumi, kuros tajā dienā ir brīva vieta.\nAtzīmējiet divus vai vairākus piedāvājumus un spiediet „{compare}”: redzēsiet, cik mēnesī maksās pašvaldība, cik iedzīvotājs un cik citi finansētāji.\nMeklējumu var saglabāt: kad parādīsies vieta, Jums paziņos.',
    'guide.ask': 'Palūgt vietu vienam vai vairākiem sniedzējiem',
    'guide.ask_steps':
      'Pie viena piedāvājuma spiediet „{refer}”; ja gribat jautāt vairākiem reizē, katalogā atzīmējiet tos un spiediet „{ask_several}”.\nIzvēlieties iedzīvotāju vai reģistrējiet jaunu. Tālāk visur redzams tikai kods; vārdu un personas kodu redz abi sociālie dienesti.\nIerakstiet datumus, lēmumu, piešķirto apjomu un to, kas vēl sedz daļu no cenas.\nIzvēlieties, vai vietu iegūst pirmais, kurš piekrīt, vai arī gribat izvēlēties labāko atbildi. Kad viens ir izvēlēts, pārējie to uzzina paši.\nSniedzējs var atbildēt ar citu priekšlikumu; Jūs tam piekrītat vai ne.',
    'guide.crisis': 'Steidzams gadījums',
    'guide.crisis_steps':
      'Pieprasījumā atzīmējiet, ka gadījums ir steidzams: tad sniedzējiem jāatbild dažu stundu laikā, un Jūsu lūgums viņiem ir saraksta augšā.\nKamēr pastāvīgās vietas nav, spiediet „{meanwhile}”: pagaidu vieta beidzas pati dienā, kad sākas pastāvīgā. Par vienu dienu divreiz nemaksā.',
    'guide.wait': 'Ja brīvas vietas nav',
    'guide.wait_steps':
      'Pie piedāvājuma spiediet „{join}”. Redzēsiet vietu rindā, kārtību, kādā vietas piešķir, un paredzamo dienu.\nKad vieta atbrīvojas, to piedāvā nākamajam rindā, un Jums par to paziņo. Spiediet „{accept_place}” vai atsakieties; ja atsakāties, vieta rindā paliek.\nJa neatbildat laikā, vietu piedāvā nākamajam.',
    'guide.stay': 'Sekot uzņemšanai',
    'guide.stay_steps':
      'Sadaļā „{placements}” ir visas Jūsu uzņemšanas; „{ending}” rāda tās, par kurām drīz jālemj.\n„{prolong}” ir jauns lēmums par to pašu uzņemšanu: pārbaudām, vai pievienotajās dienās ir vieta, un pierakstām lēmuma numuru.\nJa cilvēks pāriet citur vai par viņu turpmāk maksā cita pašvaldība, spiediet „{move}”.\nJa uzņemšana izjūk, pirms tā sākusies, spiediet „{cancel}”: nekas nav jāmaksā, un vieta uzreiz ir brīva. „{end}” prasa iemeslu. Ja beigas ir agrākas nekā jau slēgts mēnesis, starpību nākamā slēgšana atdod pati.',

    'guide.listing': 'Sociālajam darbiniekam, kurš piedāvā vietas',
    'guide.publish': 'Publicēt pakalpojumu',
    'guide.publish_steps':
      'Katalogā spiediet „{new_offer}” un aprakstiet pakalpojumu: veidu, mērķa grupu, mērvienību un noteikumus prombūtnei.\n„{add_price}”: ierakstiet cenu, dienu, no kuras tā ir spēkā, un domes lēmumu. Iepriekšējo cenu nekad nelabo, tā beidzas pati.\n„{add_capacity}”: cik vietu ir. Brīvās vietas nekur nav jāraksta, tās izriet no uzņemšanām un prombūtnēm.\n„{publish}”. Reizi pusgadā spiediet „{still_holds}”, citādi piedāvājums nonāk saraksta beigās.',
    'guide.table': 'Daudz piedāvājumu reizē',
    'guide.table_steps':
      'Katalogā spiediet „{export}” vai „{template}” un aizpildiet tabulu.\n„{load}”: vispirms redzēsiet, kas mainītos un kas tabulā nav pareizi, ar rindu un kolonnu. Nekas netiek saglabāts, kamēr neapstiprināt.\nTo pašu tabulu var ielādēt atkārtoti: kas nav mainījies, paliek, kā bija.',
    'guide.answer': 'Atbildēt uz nosūtījumiem',
    'guide.answer_steps':
      'Sadaļā „{referrals}” augšā ir steidzamie un tie, kuriem drīz beidzas atbildes termiņš.\nUzņemiet, noraidiet ar iemeslu, piedāvājiet citus datumus vai cenu, vai paturiet vietu uz laiku.\nKad uzņemat, vietu skaits mainās pats, un uzņemšana ir tieši tāda, kā lūgts.',
    'guide.record': 'Atzīmēt apmeklējumus un prombūtnes',
    'guide.record_steps':
      'Sadaļā „{attendance}” atveriet piedāvājuma mēneša tabeli un atzīmējiet dienas vai ierakstiet daudzumu. Ar bultiņām var iet pa rūtiņām kā izklājlapā.\nDiennakts pakalpojumam dienas nav jāatzīmē, jāieraksta tikai prombūtne: „{add_absence}”.\nTabeli var arī ielādēt no faila. Maksātājs redz ierakstīto uzreiz un var apstiprināt vai iebilst vēl pirms rēķina.',

    'guide.finance': 'Finanšu darbiniekam',
    'guide.close': 'Slēgt mēnesi',
    'guide.close_steps':
      'Sadaļā „{months}” atveriet mēnesi: redzēsiet katra maksātāja summu un to, kas vēl jāpārbauda. Katrs brīdinājums ved tur, kur to novērst.\n„{close_month}”: rēķini saņem numurus un aiziet maksātājiem. Ja kaut kas pārtrūkst, slēdziet vēlreiz: nekas nedubultojas un neviens numurs nepazūd.\nSlēgts mēnesis vairs nemainās.',
    'guide.late': 'Kad kaut kas mainās pēc slēgšanas',
    'guide.late_steps':
      'Labojiet ziņas tur, kur tās ir: cenu, apmeklējumu, prombūtni, uzņemšanas beigas. Pirms saglabāšanas varat apskatīt, kuri mēneši mainītos un par cik.\nNākamā slēgšana pati aprēķina starpību: ja jāmaksā vairāk, tā ir rinda nākamajā rēķinā, ja mazāk, kredītrēķins.',
    'guide.check': 'Pārbaudīt saņemtu rēķinu',
    'guide.check_steps':
      'Sadaļā „{invoices}” atveriet rēķinu. Katras rindas skaidrojums rāda dienas, cenu ar lēmumu, katra finansētāja daļu un noapaļošanu; to var pārrēķināt ar kalkulatoru.\nJa kaut kas nav pareizi, pie rindas spiediet „{object}” un ierakstiet summu. Apšaubīto summu līdz atbildei nav jāmaksā.\nAtbildes un lēmumi ir sadaļā „{disputes}”.',
    'guide.pay': 'Samaksāt un saņemt samaksu',
    'guide.pay_steps':
      'Sadaļā „{payments}” spiediet „{prepare}” un izvēlieties rēķinus. Ja tā noteikts, sarakstu apstiprina otrs cilvēks.\n„{bank_file}” un ielādējiet to internetbankā.\nNākamajā dienā „{statement}”: maksājumi savus rēķinus atrod paši, Jums paliek tikai neskaidrie.',
    'guide.net': 'Savstarpējais ieskaits',
    'guide.net_steps':
      'Sadaļā „{netting}” spiediet „{propose_netting}”: redzēsiet, kurš kuram ir parādā pirms un pēc ieskaita.\nKad piekrīt visas pašvaldības, rēķini ir nokārtoti, un jāpārskaita tikai starpības.',
    'guide.confirm': 'Salīdzināt atlikumus',
    'guide.confirm_steps':
      'Sadaļā „{balances}” ir katra partnera parāds pa termiņiem un konta izraksts.\nGada beigās spiediet „{confirmation}”. Otra pašvaldība katru rindu apstiprina vai pieraksta savu summu; abas paraksta vienu un to pašu.',
    'guide.claim': 'Saņemt finansētāju daļu',
    'guide.claim_steps':
      'Sadaļā „{claims}” katra finansētāja daļa ir sakrāta pa mēnešiem, ar vēlākām izmaiņām.\nSagatavojiet prasību, iesniedziet to un ierakstiet, ko finansētājs apstiprinājis un samaksājis.',

    'guide.region': 'Reģiona koordinatoram, auditoram, administratoram',
    'guide.oversee': 'Pārskatīt reģionu',
    'guide.oversee_steps':
      'Sadaļā „{counts}” ir skaits: piešķirts, pagarināts, atteikts, gaida rindā; pa pakalpojumiem un pašvaldībām.\nSadaļā „{months}” redzams, kuri mēnesi ir slēguši, un kurš kuram maksā.',
    'guide.audit': 'Pārbaudīt, kas noticis',
    'guide.audit_steps':
      '„{audit_log}” rāda, kurš, kad un ko mainījis, ar vērtībām pirms un pēc tam. Ierakstus nevar ne labot, ne dzēst.\nPie katra rēķina ir tā vēsture: kas izrakstīts, kas pārrēķināts, kāpēc un kas to ierakstījis.',
    'guide.set_up': 'Iekārtot savu pašvaldību',
    'guide.set_up_steps':
      'Sadaļā „{people}” uzaiciniet cilvēkus un katram iedodiet tikai tās lomas, kas vajadzīgas.\nOrganizācijas lapā ierakstiet rekvizītus un sniedzējus ar reģistrācijas numuru.\nGrāmatvedības programmai izveidojiet atslēgu sadaļā „{tokens}”: programma var visu, ko var lapa.',

    'guide.r1': 'Kalendāra dienas',
    'guide.r1_text':
      'Diennakts un mēneša pakalpojumā maksā par katru dienu, kurā uzņemšana ir spēkā, arī bez atzīmes. Beigu diena ir aizbraukšanas diena: par to nemaksā, ja vien piedāvājums nenosaka citādi vai tā nav arī pirmā diena.',
    'guide.r1_example':
      'No 10. līdz 20. martam, {price} diennaktī: 10 dienas (20. marts ir aizbraukšanas diena), {amount}.',
    'guide.r2': 'Uzskaitītās vienības',
    'guide.r2_text':
      'Par apmeklējuma dienu, stundu, reizi, braucienu, kilometru, ēdienreizi un gabalu maksā pēc tā, kas ierakstīts. Par vienreizēju pakalpojumu maksā vienu reizi, uzņemšanas pirmajā dienā. Ārpus uzņemšanas neko ierakstīt nevar.',
    'guide.r3': 'Cena dienā, kad pakalpojums sniegts',
    'guide.r3_text':
      'Katrai dienai ņem cenu, kas ir spēkā tieši tajā dienā. Ja cena ir tikai vienai pircēja kategorijai (saviem vai citu pašvaldību iedzīvotājiem), tā ir pirms kopējās. Kur cenas nav, nemaksā neko, un tas ir redzams kā aizturēts.',
    'guide.r3_example':
      'Cena ir {old}, no 16. marta {new}. Par martu 15 dienas pēc vienas un 16 pēc otras cenas: {amount}.',
    'guide.r3a': 'Piemaksas pie cenas',
    'guide.r3a_text':
      'Piemaksa ir procenti no cenas vai summa par vienību. Vairākas piemaksas saskaita; neviena netiek rēķināta no citas piemaksas.',
    'guide.r3a_example':
      'Cena {price}, piemaksa 33 % par vienvietīgu istabu un {escort} par pavadoni: vienība maksā {unit_price}.',
    'guide.r4': 'Vairākas vietas',
    'guide.r4_text': 'Ja uzņemšana ir vairākām rezervētām vietām, kalendāra dienas reizina ar vietu skaitu.',
    'guide.r5': 'Mēneša cena',
    'guide.r5_text':
      'Mēneša cena ir par veselu kalendāra mēnesi. Par mēneša daļu maksā cena × dienas ÷ mēneša dienu skaits.',
    'guide.r5_example': 'Cena {price} mēnesī, uzņemšana no 11. marta: 21 diena no 31, {amount}.',
    'guide.r6': 'Prombūtne',
    'guide.r6_text':
      'Piedāvājums nosaka, cik procentu no cenas maksā no kuras prombūtnes dienas. Dienas skaita no prombūtnes pirmās dienas, arī pāri mēneša malai. Kamēr neviena pakāpe nav sasniegta, maksā visu cenu. Uzskaitītās vienības prombūtne neskar.',
    'guide.r6_example':
      'Cena {price}, slimnīcā no 4. dienas maksā 50 %. Cilvēks slimnīcā no 10. līdz 19. martam: trīs dienas pilna cena, septiņas puse, pārējais marts pilna cena; {amount}.',
    'guide.r7': 'Neierašanās',
    'guide.r7_text':
      'Ja cilvēks neierodas, maksā tik procentu no cenas, cik nosaka piedāvājums; ja tas neko nenosaka, nemaksā neko. Piešķirto apjomu tas nesamazina.',
    'guide.r7_example': 'Reize maksā {price}, par neierašanos 50 %: {amount}.',
    'guide.r8': 'Piešķirtais apjoms',
    'guide.r8_text':
      'Lēmums var noteikt, cik vienību maksā mēnesī, kalendāra gadā un pavisam. Tās izmanto datumu secībā. Kas pārsniedz robežu, to nemaksā, un tas ir redzams kā aizturēts.',
    'guide.r8_example':
      'Mēnesī piešķirtas 10 dienas, apmeklētas 12, katra {price}: maksā {amount}, divas dienas ir aizturētas.',
    'guide.r9': 'Cenas pakāpes',
    'guide.r9_text':
      'Cena var mainīties līdz ar daudzumu mēnesī. Katra vienība maksā savas pakāpes cenu: lētāka kļūst tikai tā daļa, kas pārsniedz robežu.',
    'guide.r9_example': 'Līdz 20 stundām {first}, pēc tam {further}. Par 25 stundām: {amount}.',
    'guide.r10': 'Mēneša minimums',
    'guide.r10_text':
      'Ja uzņemšana ilgst visu mēnesi, bet sniegts mazāk par noteikto minimumu, trūkstošo daudzumu pieskaita kā atsevišķu rindu. Tikai uzskaitītām vienībām.',
    'guide.r10_example': 'Minimums ir 10 dienas, apmeklētas 7, katra {price}: pieskaita 3 dienas, kopā {amount}.',
    'guide.r11': 'Rēķina rindas',
    'guide.r11_text':
      'Vienā rindā ir vienas uzņemšanas viens mēnesis ar vienu cenu, vienu veidu, vienu procentu un vienu cenas pakāpi. Daudzumu saskaita precīzi, summu noapaļo vienu reizi. Rindas, kuru summa ir nulle, izlaiž.',
    'guide.r12': 'Kas sedz cenu',
    'guide.r12_text':
      'Daļu no cenas var segt citi: procentus no rindas, summu par vienību vai noteiktu summu mēnesī, ja vajag, ar griestiem mēnesī vai pavisam. Finansētājus ņem to secībā, un neviens nesedz vairāk, nekā rindā atlicis. Ko saņem sniedzējs, to no rēķina atskaita; ko maksātājs saņem atpakaļ, to rāda kā viņa prasību. Daļas kopā ar maksātāja paša daļu vienmēr ir tieši rindas summa.',
    'guide.r12_example':
      'Par 22 dienām pa {price} kopā {gross}. Iedzīvotājs maksā {client_price} dienā, kopā {client}; no visas summas 85 % programma atmaksā maksātājam ({programme}). Rēķinā ir {amount}, pašas pašvaldības daļa ir {burden}.',
    'guide.r13': 'Savi iedzīvotāji',
    'guide.r13_text':
      'Par saviem iedzīvotājiem rēķina tāpat, bet rēķinu neizraksta: summa ir redzama kā pašu patēriņš.',
    'guide.r14': 'Rēķins',
    'guide.r14_text':
      'Katrā slēgšanā katram maksātājam ir viens rēķins. Rindas, kurās maksātājam nekas nav jāmaksā, paliek rēķinā zināšanai.',
    'guide.r15': 'PVN',
    'guide.r15_text':
      'Sociālie pakalpojumi parasti ir atbrīvoti no PVN. Kur PVN ir, to aprēķina vienu reizi katrai likmei no rēķina rindu summas.',
    'guide.r15_example': 'Divas rindas pa {line} ar likmi 21 %: PVN ir {vat}, nevis divreiz noapaļots.',
    'guide.r16': 'Kas mainās vēlāk',
    'guide.r16_text':
      'Katra slēgšana vēlreiz aprēķina agrākos mēnešus, kuros kaut kas mainījies. Ja iznāk vairāk, starpība ir rinda šajā rēķinā; ja mazāk, kredītrēķins pēdējam rēķinam par šo uzņemšanu un mēnesi. Izrakstītie dokumenti nemainās.',
    'guide.r16_example':
      'Par martu (31 diena pa {price}) izrakstīts {billed}. Aprīlī uzzina, ka cilvēks aizbraucis 21. martā: aprīļa slēgšana izraksta kredītrēķinu par {amount}.',
    'guide.r17': 'Vēlreiz ir tas pats',
    'guide.r17_text':
      'Jau slēgtu mēnesi slēdzot vēlreiz, nekas nemainās. Rezultāts nav atkarīgs no tā, kādā secībā ziņas ierakstītas.',
    'guide.r18': 'Numuri',
    'guide.r18_text':
      'Rēķinu un kredītrēķinu numuri katram sniedzējam katru gadu ir bez pārrāvumiem, izrakstīšanas secībā.',
    'guide.r19': 'Savstarpējais ieskaits',
    'guide.r19_text':
      'Ieskaitā ņem visu, kas ir neapmaksāts un nav apšaubīts. Katrai pašvaldībai aprēķina starpību starp to, ko tai maksā, un to, ko maksā tā. Tad lielākais parādnieks maksā lielākajam saņēmējam, līdz nekas nav palicis.',
    'guide.r19_example':
      'Rēzekne Daugavpilij ir parādā {first}, Daugavpils Ludzai {second}, Ludza Rēzeknei {third}. Pēc ieskaita paliek viens pārskaitījums: {amount}.',

    'guide.word_offer': 'Piedāvājums',
    'guide.word_offer_text': 'Viens pakalpojums, ko pašvaldība piedāvā citām, ar cenu, vietām un noteikumiem.',
    'guide.word_place': 'Brīvā vieta',
    'guide.word_place_text':
      'Vietu skaits mīnus uzņemtie, paturētās vietas un tās, kas atliktas citiem; prombūtne vietu var atbrīvot. To nekad neieraksta ar roku.',
    'guide.word_referral': 'Nosūtījums',
    'guide.word_referral_text': 'Sociālā dienesta lūgums vienam sniedzējam uzņemt vienu iedzīvotāju.',
    'guide.word_request': 'Pieprasījums',
    'guide.word_request_text': 'Viens lūgums vairākiem sniedzējiem reizē. Katrs redz tikai savu daļu.',
    'guide.word_queue': 'Rinda',
    'guide.word_queue_text': 'Kas gaida vietu piedāvājumā. Kārtību nosaka sniedzējs, un to redz visi, kas gaida.',
    'guide.word_reservation': 'Vietas rezervācija',
    'guide.word_reservation_text': 'Vieta, ko sniedzējs patur līdz noteiktai stundai, kamēr maksātājs izlemj.',
    'guide.word_placement': 'Uzņemšana',
    'guide.word_placement_text': 'Laiks, kurā iedzīvotājs saņem pakalpojumu, ar visiem nosacījumiem.',
    'guide.word_token': 'Iedzīvotāja kods',
    'guide.word_token_text':
      'Burti un cipari iedzīvotāja vārda vietā, piemēram, REZ-7K3M9Q. Rēķinos, žurnālā un e-pastos ir tikai šis kods.',
    'guide.word_authorised': 'Piešķirtais apjoms',
    'guide.word_authorised_text': 'Cik vienību pēc lēmuma maksā mēnesī, gadā vai pavisam.',
    'guide.word_attendance': 'Apmeklējumu uzskaites tabele',
    'guide.word_attendance_text': 'Kas mēnesī sniegts, pa dienām un cilvēkiem.',
    'guide.word_absence': 'Prombūtne',
    'guide.word_absence_text': 'Dienas, kad iedzīvotāja nav uz vietas, bet vieta tiek saglabāta.',
    'guide.word_no_show': 'Neierašanās',
    'guide.word_no_show_text': 'Pakalpojums bija sagatavots, bet cilvēks neatnāca.',
    'guide.word_departure': 'Aizbraukšanas diena',
    'guide.word_departure_text': 'Uzņemšanas pēdējā diena. Par to parasti nemaksā.',
    'guide.word_price_version': 'Cenas periods',
    'guide.word_price_version_text': 'Cena ar lēmumu un dienām, kurās tā ir spēkā. Vecās cenas paliek redzamas.',
    'guide.word_class': 'Pircēja kategorija',
    'guide.word_class_text': 'Kam cena domāta: saviem iedzīvotājiem, citu pašvaldību iedzīvotājiem vai visiem.',
    'guide.word_funding': 'Finansējuma avots',
    'guide.word_funding_text': 'Kas bez maksātāja sedz daļu no cenas: iedzīvotājs, pensija, valsts, ESF.',
    'guide.word_share': 'Daļa',
    'guide.word_share_text': 'Summa, ko viens finansējuma avots sedz vienā rindā.',
    'guide.word_withheld': 'Aizturēts',
    'guide.word_withheld_text': 'Sniegts, bet netiek maksāts: nav cenas vai pārsniegts piešķirtais apjoms.',
    'guide.word_close': 'Mēneša slēgšana',
    'guide.word_close_text': 'Brīdis, kad no mēneša ziņām tapuši rēķini. Pēc tam labo tikai nākamā slēgšana.',
    'guide.word_adjustment': 'Pārrēķins',
    'guide.word_adjustment_text': 'Rinda ar starpību par agrāku mēnesi.',
    'guide.word_credit_note': 'Kredītrēķins',
    'guide.word_credit_note_text': 'Dokuments, ar kuru sniedzējs daļu no agrāka rēķina atdod.',
    'guide.word_dispute': 'Iebildums',
    'guide.word_dispute_text':
      'Maksātāja nepiekrišana rindai, ar summu un iemeslu. Līdz atbildei šo summu nav jāmaksā.',
    'guide.word_netting': 'Savstarpējais ieskaits',
    'guide.word_netting_text': 'Savstarpējos parādus dzēš vienu pret otru un pārskaita tikai starpību.',
    'guide.word_confirmation': 'Savstarpējo atlikumu salīdzināšanas akts',
    'guide.word_confirmation_text': 'Abu pašvaldību parakstīts saraksts, kas kuram vēl jāmaksā.',
  },
  {
    'guide.title': 'Guide',
    'guide.lead': 'Who does what, step by step. Each piece of work leads to the page where it is done.',
    'guide.parts': 'Parts of the guide',
    'guide.tasks': 'Work',
    'guide.rules': 'How it is counted',
    'guide.rules_lead':
      'All the rules by which a month’s close decides who owes whom what. The preview, the comparison and the explanation of each line of an invoice are counted by the same ones.',
    'guide.rounding':
      'Amounts are rounded to cents, half upwards, each line only once. Until then the figures are exact.',
    'guide.words': 'Words',
    'guide.words_lead': 'What each word means here.',
    'guide.open': 'Open: {place}',
    'guide.example': 'Example',

    'guide.buying': 'For the social worker who looks for a place',
    'guide.find': 'Find a place and what it will cost',
    'guide.find_steps':
      'Open “{catalogue}” and write what is needed in your own words, such as “dementia” or “wheelchair”. Typing errors do not matter.\nSay where the resident lives and the day from which a place is needed: the nearest offers with a place on that day come first.\nTick two or more offers and press “{compare}”: you see what a month costs the municipality, the resident and other funders.\nA search can be saved: you are told when a place appears.',
    'guide.ask': 'Ask one or several sellers for a place',
    'guide.ask_steps':
      'At one offer press “{refer}”; to ask several at once tick them in the catalogue and press “{ask_several}”.\nChoose the resident or register a new one. From there on only a code is shown; the name and the personal code are seen by the two social services.\nEnter the dates, the decision, the authorised units and who else bears a part of the price.\nChoose whether the first yes gets the resident or you want to choose the best answer. Once one is chosen, the others are told by themselves.\nA seller can answer with another proposal; you agree to it or not.',
    'guide.crisis': 'An urgent case',
    'guide.crisis_steps':
      'Mark the request as urgent: the sellers must then answer within hours, and your request stands on top of their list.\nWhile there is no lasting place, press “{meanwhile}”: the place meanwhile ends by itself on the day the lasting one begins. No day is paid twice.',
    'guide.wait': 'Where no place is free',
    'guide.wait_steps':
      'At the offer press “{join}”. You see the position, the order in which places are given, and the expected day.\nA place that becomes free is offered to the next in line, and you are told. Press “{accept_place}” or refuse; the resident keeps the position.\nWithout an answer in time the place is offered to the next.',
    'guide.stay': 'Follow a placement',
    'guide.stay_steps':
      '“{placements}” has all of yours; “{ending}” shows those that need a decision soon.\n“{prolong}” is a new decision on the same placement: we check that there is a place on the added days and keep the number of the decision.\nWhere somebody moves to another place, or another municipality pays from now on, press “{move}”.\nWhere it falls through before it has begun, press “{cancel}”: nothing is charged, and the place is free at once. “{end}” asks for a reason. If the end lies before a closed month, the next close gives the difference back by itself.',

    'guide.listing': 'For the social worker who offers places',
    'guide.publish': 'Publish a service',
    'guide.publish_steps':
      'In the catalogue press “{new_offer}” and describe the service: its kind, target group, unit, and the rules for absences.\n“{add_price}”: enter the price, the day from which it holds, and the council’s decision. An earlier price is never edited, it ends by itself.\n“{add_capacity}”: how many places there are. Free places are not entered anywhere, they follow from placements and absences.\n“{publish}”. Twice a year press “{still_holds}”, or the offer sinks to the end of the list.',
    'guide.table': 'Many offers at once',
    'guide.table_steps':
      'In the catalogue press “{export}” or “{template}” and fill in the table.\n“{load}”: first you see what would change and what is wrong in the table, by row and column. Nothing is saved until you confirm.\nThe same table can be loaded again: what did not change stays as it was.',
    'guide.answer': 'Answer referrals',
    'guide.answer_steps':
      'On top of “{referrals}” are the urgent ones and those whose time to answer is running out.\nAccept, decline with a reason, propose other dates or another buyer class, or keep the place for a time.\nWhen you accept, the free places change by themselves, and the placement is exactly what was asked for.',
    'guide.record': 'Record attendance and absences',
    'guide.record_steps':
      'Under “{attendance}” open the month’s sheet of an offer and tick days or enter figures. The arrow keys move between cells as in a spreadsheet.\nWhere a day of stay is charged, days need no tick, only absences are entered: “{add_absence}”.\nA sheet can be loaded from a file as well. The payer sees at once what is recorded, and can confirm or object before there is an invoice.',

    'guide.finance': 'For the finance officer',
    'guide.close': 'Close the month',
    'guide.close_steps':
      'Under “{months}” open the month: you see what each payer will owe and what to check first. Each warning leads to where it is mended.\n“{close_month}”: invoices get their numbers and go to the payers. If anything breaks off, close again: nothing doubles and no number is lost.\nA closed month does not change any more.',
    'guide.late': 'When something changes after the close',
    'guide.late_steps':
      'Correct the fact where it stands: the price, the attendance, the absence, the end of a placement. Before saving you can see which months would change, and by how much.\nThe next close works out the difference by itself: more to pay is a line of the next invoice, less is a credit note.',
    'guide.check': 'Check an invoice received',
    'guide.check_steps':
      'Under “{invoices}” open the invoice. The explanation of each line shows the days, the price with its decision, each funder’s share and the rounding; a pocket calculator gives the same.\nWhere something is wrong, press “{object}” at the line and enter the amount. The amount in doubt need not be paid until it is answered.\nAnswers and decisions stand under “{disputes}”.',
    'guide.pay': 'Pay and be paid',
    'guide.pay_steps':
      'Under “{payments}” press “{prepare}” and choose the invoices. Where that is set, a second person approves the list.\n“{bank_file}” and bring it to your bank.\nThe next day “{statement}”: payments find their invoices by themselves, and only the unclear ones are left to you.',
    'guide.net': 'Netting',
    'guide.net_steps':
      'Under “{netting}” press “{propose_netting}”: you see who owes whom before and after.\nOnce all municipalities agree the invoices are settled, and only the differences are transferred.',
    'guide.confirm': 'Confirm balances',
    'guide.confirm_steps':
      '“{balances}” has what each partner owes by age, and the statement of account.\nAt the end of the year press “{confirmation}”. The other municipality agrees to each row or enters its own figure; both sign one and the same.',
    'guide.claim': 'Get the funders’ part',
    'guide.claim_steps':
      'Under “{claims}” the part of each funder is gathered by month, with later changes.\nDraw up a claim, hand it in, and enter what the funder approved and paid.',

    'guide.region': 'For the coordinator, the auditor, the administrator',
    'guide.oversee': 'Oversee the region',
    'guide.oversee_steps':
      '“{counts}” has what was granted, prolonged, declined and queued, by service and municipality.\nUnder “{months}” you see who has closed the month, and who pays whom.',
    'guide.audit': 'Check what happened',
    'guide.audit_steps':
      '“{audit_log}” shows who changed what and when, with the values before and after. Entries can be neither edited nor deleted.\nEach invoice has its history: what was invoiced, what was recalculated, why, and who recorded it.',
    'guide.set_up': 'Set up your municipality',
    'guide.set_up_steps':
      'Under “{people}” invite people, and give each only the roles they need.\nOn the organisation’s page enter its details, and its providers with their registration numbers.\nFor bookkeeping software make a key under “{tokens}”: a program can do all that a page can.',

    'guide.r1': 'Calendar days',
    'guide.r1_text':
      'Where a day or a month of stay is charged, each day of the placement counts, also without a tick. The last day is the departure day: it is free unless the offer says otherwise or it is the first day too.',
    'guide.r1_example': 'From 10 to 20 March, {price} a day: 10 days (20 March is the departure day), {amount}.',
    'guide.r2': 'Recorded units',
    'guide.r2_text':
      'Days attended, hours, sessions, trips, kilometres, meals and pieces are charged by what is recorded. A single service is charged once, on the first day. Nothing can be recorded outside the placement.',
    'guide.r3': 'The price of the day of service',
    'guide.r3_text':
      'Each day takes the price that holds on that very day. A price for one class (own residents, those of others) goes before the common one. Where there is no price nothing is charged, and it is shown as withheld.',
    'guide.r3_example':
      'The price is {old}, from 16 March {new}. March: 15 days by the one and 16 by the other, {amount}.',
    'guide.r3a': 'Surcharges',
    'guide.r3a_text':
      'A surcharge is a percentage of the price or an amount per unit. Several are added up; none is counted on another.',
    'guide.r3a_example':
      'The price is {price}, with 33 % for a single room and {escort} for an escort: a unit costs {unit_price}.',
    'guide.r4': 'Several places',
    'guide.r4_text': 'Where a placement is for several reserved places, calendar days are multiplied by the places.',
    'guide.r5': 'The price of a month',
    'guide.r5_text': 'It is for a whole calendar month. A part of it costs price × days ÷ days of the month.',
    'guide.r5_example': 'The price is {price} a month, the placement begins on 11 March: 21 days of 31, {amount}.',
    'guide.r6': 'Absence',
    'guide.r6_text':
      'The offer says what percentage of the price is charged from which day of an absence. Days are counted from the first day of the absence, across the end of a month. Before the first step the full price is charged. Recorded units are not touched by absences.',
    'guide.r6_example':
      'The price is {price}, in hospital 50 % from day 4. Somebody is in hospital from 10 to 19 March: three days at the full price, seven at half, the rest of March at the full price; {amount}.',
    'guide.r7': 'No-show',
    'guide.r7_text':
      'Where somebody does not come, the percentage of the price that the offer says is charged, and nothing where it says nothing. It uses up no authorised units.',
    'guide.r7_example': 'A session costs {price}, a no-show 50 %: {amount}.',
    'guide.r8': 'Authorised units',
    'guide.r8_text':
      'A decision can say how many units are paid in a month, in a calendar year and in all. They are used in the order of dates. What is beyond is not charged, and is shown as withheld.',
    'guide.r8_example':
      'Authorised are 10 days a month, attended were 12 at {price}: {amount} is charged, two days are withheld.',
    'guide.r9': 'Price steps',
    'guide.r9_text':
      'The price can change with the quantity of the month. Each unit takes the price of its step: only the part beyond a step becomes cheaper.',
    'guide.r9_example': 'Up to 20 hours {first}, then {further}. For 25 hours: {amount}.',
    'guide.r10': 'Minimum of a month',
    'guide.r10_text':
      'Where a placement lasts the whole month but less than the agreed minimum was delivered, the difference is added as a line of its own. For recorded units only.',
    'guide.r10_example': 'The minimum is 10 days, attended were 7 at {price}: 3 days are added, {amount} in all.',
    'guide.r11': 'Lines of an invoice',
    'guide.r11_text':
      'A line is one month of one placement with one price, one kind, one percentage and one price step. The quantity is added up exactly, the amount rounded once. Lines that come to nothing are left out.',
    'guide.r12': 'Who bears the price',
    'guide.r12_text':
      'Others can bear a part: a percentage of the line, an amount per unit, or a fixed amount for a month, with caps for a month or in all where needed. Funders are taken in their order, and none bears more than is left of the line. What the seller collects is taken off the invoice; what the buyer gets back is shown as its claim. All shares and the buyer’s own part always add up to the line exactly.',
    'guide.r12_example':
      '22 days at {price} come to {gross}. The resident pays {client_price} a day, {client} in all; a programme pays 85 % of the whole back to the buyer ({programme}). The invoice asks for {amount}, the municipality’s own part is {burden}.',
    'guide.r13': 'Own residents',
    'guide.r13_text': 'Counted in the same way, but not invoiced: the sum is shown as own use.',
    'guide.r14': 'Invoice',
    'guide.r14_text':
      'Each close makes one invoice for each buyer. Lines of which the buyer owes nothing stay on it for information.',
    'guide.r15': 'VAT',
    'guide.r15_text':
      'Social services are mostly exempt. Where there is VAT it is counted once for each rate, on the sum of the lines.',
    'guide.r15_example': 'Two lines of {line} at 21 %: VAT is {vat}, not rounded twice.',
    'guide.r16': 'What changes later',
    'guide.r16_text':
      'Each close counts again the earlier months in which anything changed. More is a line of this invoice; less is a credit note to the latest invoice of that placement and month. Issued documents do not change.',
    'guide.r16_example':
      'March (31 days at {price}) was invoiced with {billed}. In April it is learnt that the resident left on 21 March: the close of April makes a credit note of {amount}.',
    'guide.r17': 'Again is the same',
    'guide.r17_text':
      'To close a closed month changes nothing. The result does not depend on the order in which facts were recorded.',
    'guide.r18': 'Numbers',
    'guide.r18_text':
      'Invoices and credit notes of a seller are numbered without gaps within a year, in the order of issue.',
    'guide.r19': 'Netting',
    'guide.r19_text':
      'It takes all that is open and not in doubt. Each municipality’s position is what it is owed less what it owes. Then the largest debtor pays the largest creditor, until nothing is left.',
    'guide.r19_example':
      'Rēzekne owes Daugavpils {first}, Daugavpils owes Ludza {second}, Ludza owes Rēzekne {third}. After netting one transfer is left: {amount}.',

    'guide.word_offer': 'Offer',
    'guide.word_offer_text': 'One service that a municipality offers to others, with its price, places and rules.',
    'guide.word_place': 'Free place',
    'guide.word_place_text':
      'The capacity less placements, reservations and what is set aside for others; an absence can free a place. It is never entered by hand.',
    'guide.word_referral': 'Referral',
    'guide.word_referral_text': 'A social service asks one seller to take one resident.',
    'guide.word_request': 'Request',
    'guide.word_request_text': 'Several sellers asked at once. Each sees its own part only.',
    'guide.word_queue': 'Queue',
    'guide.word_queue_text':
      'Who waits for a place in an offer. The seller sets the order, and all who wait can read it.',
    'guide.word_reservation': 'Reservation',
    'guide.word_reservation_text': 'A place that a seller keeps until a certain hour while the buyer decides.',
    'guide.word_placement': 'Placement',
    'guide.word_placement_text': 'The time in which a resident gets a service, with all its terms.',
    'guide.word_token': 'Resident’s code',
    'guide.word_token_text':
      'Letters and figures instead of a resident’s name, such as REZ-7K3M9Q. Invoices, logs and mails have nothing else.',
    'guide.word_authorised': 'Authorised units',
    'guide.word_authorised_text': 'How many units are paid in a month, in a year or in all by the decision.',
    'guide.word_attendance': 'Attendance sheet',
    'guide.word_attendance_text': 'What was delivered in a month, by day and person.',
    'guide.word_absence': 'Absence',
    'guide.word_absence_text': 'Days on which a resident is away while the place is kept.',
    'guide.word_no_show': 'No-show',
    'guide.word_no_show_text': 'The service was ready, but the person did not come.',
    'guide.word_departure': 'Departure day',
    'guide.word_departure_text': 'The last day of a placement. It is mostly free.',
    'guide.word_price_version': 'Price version',
    'guide.word_price_version_text':
      'A price with its decision and the days on which it holds. Old prices stay visible.',
    'guide.word_class': 'Buyer class',
    'guide.word_class_text': 'Whom a price is for: own residents, those of other municipalities, or everybody.',
    'guide.word_funding': 'Funding source',
    'guide.word_funding_text':
      'Who bears a part of the price beside the buyer: the resident, a pension, the state, the ESF.',
    'guide.word_share': 'Share',
    'guide.word_share_text': 'What one funding source bears of one line.',
    'guide.word_withheld': 'Withheld',
    'guide.word_withheld_text': 'Delivered but not charged: there is no price, or the authorised units are used up.',
    'guide.word_close': 'Close of a month',
    'guide.word_close_text': 'The act that makes invoices of a month’s facts. After it only the next close corrects.',
    'guide.word_adjustment': 'Adjustment',
    'guide.word_adjustment_text': 'A line with the difference for an earlier month.',
    'guide.word_credit_note': 'Credit note',
    'guide.word_credit_note_text': 'The document by which a seller gives back a part of an earlier invoice.',
    'guide.word_dispute': 'Objection',
    'guide.word_dispute_text':
      'The buyer does not agree to a line, with an amount and a reason. That amount need not be paid until it is answered.',
    'guide.word_netting': 'Netting',
    'guide.word_netting_text': 'Mutual debts are set against each other, and only the difference is transferred.',
    'guide.word_confirmation': 'Balance confirmation',
    'guide.word_confirmation_text': 'A list, signed by both municipalities, of what each still owes.',
  },
)

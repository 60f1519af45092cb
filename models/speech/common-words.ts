/**
 * Everyday English words. Beside the grammar the recogniser may hear any sequence of these and of the grammar's own words; when that
 * fits the audio better than the grammar does, the speech was about something else.
 */
export const commonWords: readonly string[] = `
  about above accident ace across add afraid after afternoon again against ago air airport alarm alive all almost along
  already also although always among an and angry animals another answer any anything apple appointment are around arrive as
  ask asked at august aunt autumn away baby back bag ball banana be beach became because bed bedroom been before began begin
  behind being believe bell below beside best better between beyond bicycle big bird black blue book born boss both bottle
  bought box boy boys bread break bridge bright bring brother brought brown build built bus business but buy by cake call
  called calories came camera can captain car carry cat catch caught center certainly chair change channel cheap cheese
  chicken child children church city clean climb clock close closed clothes cloud club clubs coast coat coffee cold color
  come company computer cook corner cost cotton could country crowd cry cup cut dark daughter day days dead december
  decrease deep degree desk diamond diamonds did different difficult dinner dirty do doctor does dog door down dozen drink
  drive driver drop during dust each early earth east easy eat egg eight either eleven else empty end engine enough even
  evening ever every everyone everything example expensive eyes fall family far farmer father feet felt few field fifty film
  find finish fire first fish five flight floor flower fly following food football for forecast forest forget form forty
  found four friday friend from fruit full game garden gas get girl give given glass go going gold good got government
  grandfather grandmother grass great green grew grow guest had half hand happened happy harbor hard has hat hate have head
  headline hear heard heart hearts heating heavy held help her here high hill him himself his hold home hope horse hospital
  hot hotel hour house how however hundred husband ice idea if important in inch increase inside instead into iron is island
  it its itself jack january july just keep kept key kilo kind king kitchen knew knife know lake lamp land large last late
  laugh law lawyer lay learn leather leave led left lesson let letter life light lights like line list listen little live
  living lock long look looked lost louder love machine made mail make man many market match may maybe me means meant meat
  meet meeting men message meter meters might mile miles milk million minister minute mirror mistake mister monday money
  month moon more morning most mother mountain much mud music must my myself name navigate near nearest nearly need neighbor
  neither never new news newspaper next night nine no nobody north not nothing now number nurse of off office often old on
  once one only open opened or orange order other others our out outside over own page paid paper part parts pause pay peace
  people perhaps person phone pick picture place plate play player point police pound power president price probably problem
  pull push put quarter queen question quick quieter quite radio rain ran rather read reason recipe red remember remind
  reminder remove restaurant return ride right river road roof room route run sad said salt same sand sat saturday saw say
  schedule school score sea search second see seemed seen sell send sent sentence set seven several shadow she ship shirt
  shoes shop short should show sick side silver since sister sit six sky sleep slow small smile smoke snow so soldier some
  somebody something sometimes son song soon sound soup south spade spades speak spent spring stand star start station stay
  still stone stood stop store storm story straight street student study such sugar summer sun sunday sure swim switch table
  take talk tall taxi tea teach teacher team tell temperature ten than that the their them themselves then there these they
  thing things think third thirty this those though thought thousand three through throw thursday ticket time times tired to
  today together told tomorrow tonight too took top toward town trade traffic train translate tree trouble try tuesday turn
  turned twelve twenty two uncle under understand unless until up us use used using usually valley very village visit volume
  wait wake walk walked wall want war warm was wash watch water way ways we weather wednesday week well went were west what
  wheel when where whether which while white who whole why wide wife will wind window winter wish with within without woman
  women wood word words work worker world would write wrote year years yellow yesterday yet young your
`
  .trim()
  .split(/\s+/);

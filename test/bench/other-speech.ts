/** A hundred sentences about anything but what the phrase book knows: they must be rejected, not forced into it. */
export const otherSpeech: readonly string[] = `
a brown bear was sleeping under the tall pine tree
yesterday we drove along the coast until the sun went down
my grandmother bakes bread every sunday morning
the train to hamburg leaves from platform seven
she forgot her umbrella at the restaurant again
nobody believed that the old bridge would hold
please put the groceries on the kitchen counter
the committee will vote on the proposal next week
he has been playing the violin since he was four
there were seventeen geese standing on the frozen lake
i think the washing machine is making a strange noise
our neighbors are painting their fence bright green
the doctor said that i should drink more water
can somebody close the window before it rains
the movie was longer than i had expected
a thousand candles lit up the cathedral
turn left after the second traffic light
we ordered two pizzas and a large salad
his handwriting is almost impossible to read
the company opened a new office in the city centre
never leave your luggage unattended at the station
the mountain path was covered with wet leaves
they were married in a small chapel by the sea
my brother collects stamps from all over the world
the price of coffee has doubled within a year
could you pass me the salt and the butter
a storm is coming in from the north
the children built a castle out of cardboard boxes
he whistled quietly while he repaired the bicycle
it takes forty minutes to walk to the harbor
she painted the ceiling before the walls were dry
the cat slept on top of the warm radiator
all the tickets for the concert are sold out
we should have taken the other road
the professor explained the theory with an apple
his new shoes were ruined by the mud
there is a spider in the bathroom again
the birds return to the valley in early spring
somebody left the lights on in the garage
i would rather stay at home tonight
the recipe needs three eggs and a cup of flour
the lawyer read the contract twice
their flight was delayed because of heavy fog
the garden smells of roses after the rain
he wants to become a pilot when he grows up
the old clock in the hallway stopped at midnight
we met a fisherman who told us about the whales
the library closes early on fridays
her suitcase was full of old photographs
the soup is too hot to eat right now
i lost my keys somewhere between here and the office
the dog barked at the mailman for ten minutes
they planted an apple tree behind the house
the museum has a famous collection of butterflies
turn down the music because the baby is sleeping
he poured the milk into a blue bowl
the river flooded the fields last autumn
my phone battery is almost empty
the waiter brought the wrong dessert
she speaks softly so that nobody hears her
the carpenter measured the board three times
it was the coldest winter in fifty years
the elevator is out of order until tuesday
the choir practices every wednesday evening
a red balloon floated above the crowd
we need more chairs for the guests
the ship sailed slowly out of the bay
he answered the letter without thinking
the gardener trimmed the hedge this morning
set an alarm for half past six
play some jazz in the living room
remind me to call the dentist on thursday
how far is the moon from the earth
order a taxi to the airport for noon
switch on the lamp beside the bed
send a message to my sister
book a table for four people
what was the score of the football match
add tomatoes to the shopping list
will it snow in the mountains this weekend
find the cheapest hotel near the beach
how many calories are in a banana
read the latest headlines to me
navigate to the nearest gas station
i want to watch a film about dolphins
increase the temperature by two degrees
translate good evening into portuguese
who painted the ceiling of the sistine chapel
the bakery on the corner sells excellent pretzels
a narrow staircase leads down to the cellar
these mushrooms are not safe to eat
the goalkeeper dropped the ball twice
we watched the fireworks from the balcony
her answer surprised everyone in the room
the tailor shortened the sleeves of my jacket
snow covered the roofs of the village
the pianist bowed and left the stage
i have never seen such a large pumpkin
the captain ordered the crew to lower the sails
they argued about the bill for an hour
`
  .trim()
  .split("\n");

#pragma once
#include <array>

#include "base/french_texts.hpp"

namespace palier {

/// What is wrong with a data file, or with one that is to replace it.
inline constexpr auto data_texts = std::to_array<FrenchText>({
    // The tree
    {"'{}' is no name", "« {} » n’est pas un nom"},
    {"use lower-case letters, digits, '-' and '_'", "prenez des minuscules, des chiffres, « - » et « _ »"},
    {"the name 'auto' is taken: it leaves an answer to the machine",
     "le nom « auto » est pris : il laisse la réponse à la machine"},
    {"this fact holds or not: the minimum is 1", "ce fait est vrai ou non : le minimum est 1"},
    {"an amount must be larger than 0", "une quantité doit dépasser 0"},
    {"comfortable is less than minimum", "« comfortable » est moins que « minimum »"},
    {"the last rule of '{}' must hold for every machine", "la dernière règle de « {} » doit valoir pour toute machine"},
    {"end with a rule that has an answer and no required needs",
     "finissez par une règle qui a une réponse et n’exige rien"},
    {"the answer '{}' leads {}", "la réponse « {} » mène {}"},
    {"to a question and to a leaf", "à une question et à une feuille"},
    {"give it one of 'question: NAME' and 'leaf: NAME'", "donnez-lui « question: NOM » ou « leaf: NOM »"},
    {"'{}' has fewer than two answers", "« {} » a moins de deux réponses"},
    {"the stack is empty", "la liste d’outils est vide"},
    {"it has more than {} questions", "il a plus de {} questions"},
    {"let the answer '{}' of '{}' lead to another question or to a leaf",
     "que la réponse « {} » de « {} » mène à une autre question ou à une feuille"},
    // Rows
    {"palier reads no data file '{}'", "palier ne lit pas de fichier de données « {} »"},
    {"this file is not used", "ce fichier ne sert pas"},
    {"there is no vendor '{}'", "il n’y a pas de fabricant « {} »"},
    {"it has no power mode", "il n’a pas de mode de puissance"},
    {"'{}' is no compute capability", "« {} » n’est pas une compute capability"},
    {"a day has 24 hours, here are {}", "un jour a 24 heures, en voici {}"},
    {"the mean of a day must be 1, here it is {}", "la moyenne d’un jour doit être 1, la voici {}"},
    {"divide each value by the mean", "divisez chaque valeur par la moyenne"},
    {"the year {} is not before the row's date, {}", "l’année {} n’est pas avant la date de la ligne, {}"},
    {"there is no rule '{}'", "il n’y a pas de règle « {} »"},
    {"there is no attention '{}'", "il n’y a pas d’attention « {} »"},
    {"there is no task '{}'", "il n’y a pas de tâche « {} »"},
    {"it has no task", "il n’a pas de tâche"},
    {"it has not one width per layer", "il n’a pas une largeur par couche"},
    {"it has more heads for keys than for queries", "il a plus de têtes pour les clés que pour les requêtes"},
    {"more experts are active than there are", "plus d’experts sont actifs qu’il n’y en a"},
    {"its geometry makes {} parameters, and it has {}", "sa géométrie fait {} paramètres, et il en a {}"},
    {"check layers, widths, heads and experts", "vérifiez couches, largeurs, têtes et experts"},
    {"en or fr", "en ou fr"},
    // Updates
    {"cannot update the data", "impossible de mettre les données à jour"},
    {"the provider is the file's name, and it has none", "le fournisseur est le nom du fichier, qui n’en a pas"},
    {"it is the first of several pages", "c’est la première de plusieurs pages"},
    {"give the address instead", "donnez plutôt l’adresse"},
    {"the next page is at another host: {}", "la page suivante est chez un autre hôte : {}"},
    {"it has more than {} pages", "il a plus de {} pages"},
    {"filter the query", "filtrez la requête"},
    {"'{}' is no schema of a data file in {}", "« {} » n’est pas un schéma de fichier de données dans {}"},
    {"it was written by hand and would be lost", "il a été écrit à la main et serait perdu"},
    {"move it away, or give its rows to --data-dir", "déplacez-le, ou donnez ses lignes à --data-dir"},
    {"it is of {}, and the data in use are of {}", "il est du {}, et les données en usage sont du {}"},
    {"it has {} rows, and the data in use have {} of {}", "il a {} lignes, et les données en usage en ont {} de {}"},
    {"it has {} rows, and the built-in file has {}", "il a {} lignes, et le fichier fourni en a {}"},
    {"is it whole? if it is, delete the old file first", "est-il entier ? Si oui, supprimez d’abord l’ancien"},
    {"is it whole? if it is, save it and give the file", "est-il entier ? Si oui, enregistrez-le et donnez le fichier"},
    {"platforms.yaml has no '{}', so no advice could name its prices",
     "platforms.yaml n’a pas de « {} » : aucun conseil ne nommerait ses prix"},
    {"{} of {} GPUs are no longer there: {}", "{} GPU sur {} n’y sont plus : {}"},
    {"'extends: built-in' keeps the others", "« extends: built-in » garde les autres"},
    {"it says its own day", "il dit son propre jour"},
    {"leave --date out", "omettez --date"},
    {"--date is the day that the prices are of, as 2026-11-20", "--date est le jour de ces prix, comme 2026-11-20"},
});

}  // namespace palier

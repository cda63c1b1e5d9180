"""The customer sign's words, by language. Plain, short, and nothing the device cannot keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language: title, what it does, what it never does, how to say no (by mode), who answers."""

    title: str
    does: str
    never: str
    notice: str
    opt_in: str
    buttons: str
    contact: str


WORDS: dict[str, Words] = {
    "en": Words(
        "A camera notices facial expressions here",
        "It gives staff a hint when somebody may need help. White lamp on: the camera is on.",
        "No picture is kept or sent. Nobody is recognised.",
        "You do not want this? Press the button: the camera goes off.",
        "Only if you press the button. After your visit the camera goes off.",
        "There is no camera. The buttons tell staff that you need help.",
        "Questions:",
    ),
    "de": Words(
        "Hier erfasst eine Kamera Gesichtsausdrücke",
        "Sie gibt dem Personal einen Hinweis, wenn jemand Hilfe brauchen könnte. Weiße Lampe an: Kamera an.",
        "Kein Bild wird gespeichert oder gesendet. Niemand wird wiedererkannt.",
        "Sie möchten das nicht? Drücken Sie den Knopf: Die Kamera geht aus.",
        "Nur wenn Sie den Knopf drücken. Nach Ihrem Besuch geht die Kamera aus.",
        "Hier ist keine Kamera. Die Knöpfe sagen dem Personal, dass Sie Hilfe brauchen.",
        "Fragen:",
    ),
    "fr": Words(
        "Ici, une caméra observe les expressions du visage",
        "Elle signale au personnel que quelqu'un a peut-être besoin d'aide. Lampe blanche allumée : caméra en marche.",
        "Aucune image n'est conservée ni envoyée. Personne n'est reconnu.",
        "Vous ne voulez pas ? Appuyez sur le bouton : la caméra s'éteint.",
        "Seulement si vous appuyez sur le bouton. Après votre visite, la caméra s'éteint.",
        "Il n'y a pas de caméra. Les boutons disent au personnel que vous avez besoin d'aide.",
        "Questions :",
    ),
    "es": Words(
        "Aquí una cámara observa las expresiones de la cara",
        "Avisa al personal cuando alguien puede necesitar ayuda. Lámpara blanca encendida: cámara en marcha.",
        "No se guarda ni se envía ninguna imagen. No se reconoce a nadie.",
        "¿No lo desea? Pulse el botón: la cámara se apaga.",
        "Solo si usted pulsa el botón. Después de su visita la cámara se apaga.",
        "No hay cámara. Los botones avisan al personal de que necesita ayuda.",
        "Preguntas:",
    ),
    "af": Words(
        "'n Kamera let hier op gesigsuitdrukkings",
        "Dit gee personeel 'n wenk wanneer iemand dalk hulp nodig het. Wit lamp aan: kamera aan.",
        "Geen beeld word gestoor of gestuur nie. Niemand word herken nie.",
        "Wil u dit nie hê nie? Druk die knoppie: die kamera gaan af.",
        "Slegs as u die knoppie druk. Ná u besoek gaan die kamera af.",
        "Daar is geen kamera nie. Die knoppies sê vir personeel dat u hulp nodig het.",
        "Vrae:",
    ),
}

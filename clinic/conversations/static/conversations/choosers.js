// Wagtail starts its date and time fields by a script within the page, which our policy stops: a file does it here.
class Chooser extends window.StimulusModule.Controller {
  static values = { starts: String, field: String, options: Object };

  connect() {
    window[this.startsValue](this.fieldValue, this.optionsValue);
  }
}

window.wagtail.app.register("chooser", Chooser);
